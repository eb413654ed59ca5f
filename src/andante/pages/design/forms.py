"""How every form of the pages is written: label, help, field, error; a summary of errors on top."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Forms and fields by our templates; widgets by Django's own."""

    form_template_name = "design/forms/form.html"
    field_template_name = "design/forms/field.html"
