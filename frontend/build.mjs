/**
 * Build styles and scripts into the design application's static folder, which git does not keep.
 *
 * Browsers from before spring 2024 do not know light-dark(). For them the light values of the tokens are written out
 * once more, behind @supports, so that no colour is typed twice by hand.
 */
import { build, context } from "esbuild";
import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../src/andante/pages/design/static/andante");

const lightFallback = {
  name: "light-fallback",
  setup(plugin) {
    plugin.onLoad({ filter: /[\\/]tokens\.css$/ }, async ({ path }) => {
      const tokens = await readFile(path, "utf8");
      const light = [...tokens.matchAll(/(--[\w-]+):\s*light-dark\((#[0-9a-f]+),\s*#[0-9a-f]+\);/g)]
        .map(([, name, value]) => `${name}: ${value};`)
        .join(" ");
      const contents = `${tokens}\n@supports not (color: light-dark(#000, #fff)) { :root { ${light} } }\n`;
      return { contents, loader: "css" };
    });
  },
};

const options = {
  entryPoints: [
    { in: join(here, "src/andante.ts"), out: "andante" },
    { in: join(here, "css/andante.css"), out: "andante" },
    { in: join(here, "css/style-page.css"), out: "style-page" },
  ],
  outdir: out,
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "linked",
  target: ["chrome109", "firefox115", "safari16"],
  plugins: [lightFallback],
  logLevel: "info",
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await cp(join(here, "mark.svg"), join(out, "mark.svg"));
if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  await build(options);
}
