// Builds what a browser gets: three style sheets, five scripts and one sheet of icons.
import { mkdirSync, readFileSync, rmSync, writeFileSync, copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const modules = join(here, "node_modules");
const out = join(here, "..", "src", "tuoyu", "project", "static", "dist");

// Old enough for a phone of 2021; esbuild lowers nesting, oklch() and the rest for it.
const target = ["chrome90", "safari15", "firefox90"];

async function styles(name) {
  const entry = join(source, `${name}.scss`);
  const { css } = sass.compile(entry, { loadPaths: [source, modules], quietDeps: true, style: "expanded" });
  // Leaflet's own marker pictures are not used: points are vectors.
  const plain = css.replace(/url\(["']?(images\/|#default)[^)]*\)/g, "none");
  const small = await esbuild.transform(plain, { loader: "css", minify: true, legalComments: "none", target });
  writeFileSync(join(out, `${name}.css`), small.code);
}

function scripts() {
  return esbuild.build({
    entryPoints: ["behaviour.js", "theme.js", "map.js", "field.js", "field-worker.js"].map((name) => join(source, name)),
    outdir: out,
    bundle: true,
    minify: true,
    format: "iife",
    legalComments: "none",
    target,
  });
}

function icons() {
  const names = readFileSync(join(source, "icons.txt"), "utf8").split("\n").filter((line) => line.trim());
  const symbols = names.map((name) => {
    const svg = readFileSync(join(modules, "@tabler/icons/icons/outline", `${name}.svg`), "utf8");
    const inside = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/^\s*<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${inside.replace(/\s*\n\s*/g, "")}</symbol>`;
  });
  const look = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  writeFileSync(
    join(out, "icons.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg" ${look}>${symbols.join("")}</svg>`,
  );
}

// Receipts and notices are printed with these; they are no static files, a browser never asks for them.
function fonts() {
  const to = join(here, "..", "src", "tuoyu", "project", "fonts");
  mkdirSync(to, { recursive: true });
  for (const weight of ["400Regular", "700Bold"]) {
    const name = `NotoSansSC_${weight}.ttf`;
    copyFileSync(join(modules, "@expo-google-fonts/noto-sans-sc", weight, name), join(to, name));
  }
  copyFileSync(join(modules, "@expo-google-fonts/noto-sans-sc/LICENSE_FONT"), join(to, "LICENSE"));
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
icons();
fonts();
await Promise.all([styles("console"), styles("public"), styles("map"), scripts()]);
