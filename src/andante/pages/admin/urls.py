from django.urls import path

from andante.pages.admin.views import changes, erasing, home, importing, people, rules

urlpatterns = [
    path("admin/", home.home, name="admin"),
    path("admin/rules/", rules.rules, name="admin_rules"),
    path("admin/rules/new/", rules.new, name="admin_rule_new"),
    path("admin/rules/simulate/", rules.simulate, name="admin_rule_simulate"),
    path("admin/rules/simulate/people.csv", rules.affected_csv, name="admin_rule_affected"),
    path("admin/rules/apply/", rules.apply, name="admin_rule_apply"),
    path("admin/rules/<slug:rule>/", rules.rule, name="admin_rule"),
    path("admin/rules/<slug:rule>/change/", rules.change, name="admin_rule_change"),
    path("admin/rules/<slug:rule>/withdraw/", rules.withdraw, name="admin_rule_withdraw"),
    path("admin/people/", people.people, name="admin_people"),
    path("admin/people/import/", importing.import_people, name="admin_import"),
    path("admin/people/<uuid:person>/", people.person, name="admin_person"),
    path("admin/people/<uuid:person>/roles/", people.roles, name="admin_roles"),
    path("admin/people/<uuid:person>/close-login/", people.close_login, name="admin_close_login"),
    path("admin/people/<uuid:person>/view-as/", people.view_as, name="admin_view_as"),
    path("admin/people/<uuid:person>/erase/", erasing.erase, name="admin_erase"),
    path("view-as/end", people.view_as_end, name="view_as_end"),
    path("admin/changes/", changes.changes, name="admin_changes"),
    path("admin/changes.csv", changes.changes_csv, name="admin_changes_csv"),
    path("admin/changes/<uuid:record>/", changes.change, name="admin_change"),
]
