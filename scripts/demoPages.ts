// The demo pages: which there are, and how what is written in demos/ becomes HTML.
//
// Decides: a folder of demos/ with an index.html is a page; `<page-cards></page-cards>` becomes a card for each, with
// the title and the description that the page itself bears. Leaves to others: parts (demoPagesParts.ts), formulas
// (demoPagesFormulas.ts), and the bundle (vite.config.ts).

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { fillPart, insertParts, type Parts, type PartValues, unescapeHtml } from "./demoPagesParts.ts";

export const demosFolder = fileURLToPath(new URL("../demos", import.meta.url));

const styleId = "virtual:styles/";

/** Of built code: what a page loads only when its visitor asks for it. */
export const askedFolder = "asked";

/** With these `performance.now` steps by 5 us instead of 100. */
export const isolationHeaders = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** A thumbnail's path below demos/. */
export function thumbnailPath(name: string, scheme: "light" | "dark"): string {
  return `thumbnails/${name}${scheme === "dark" ? ".dark" : ""}.webp`;
}

/** The folders of `root` that are pages, sorted. */
export function listDemoPages(root = demosFolder): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, "index.html")))
    .map(({ name }) => name)
    .sort();
}

/** Makes HTML of the pages below `root`, served or built. */
export function demoPages(root = demosFolder): Plugin {
  /** For each page that is built, a style sheet that imports its own ones, by its path below `root`. */
  const styleSheets = new Map<string, string>();
  return {
    name: "demo-pages",
    transformIndexHtml: {
      order: "pre",
      async handler(html, { filename, server }) {
        const page = relative(root, filename).replaceAll("\\", "/");
        // A server of another folder has pages of its own.
        if (page.startsWith("../")) return html;
        const expanded = await expandPage(html, page, root);
        if (server !== undefined) return expanded;
        const path = page.replace(/\.html$/, ".joined.css");
        const joined = joinStyles(expanded, styleId + path);
        styleSheets.set(path, joined.styleSheet);
        return joined.html;
      },
    },
    resolveId: (id) => (id.startsWith(styleId) ? join(root, id.slice(styleId.length)) : undefined),
    load: (id) => styleSheets.get(relative(root, id).replaceAll("\\", "/")),
    configureServer({ watcher, ws }) {
      watcher.on("change", (path) => {
        if (dirname(path) === partsFolder(root)) ws.send({ type: "full-reload" });
      });
    },
  };
}

/**
 * Links one style sheet in place of all that `html` links, and gives what it is. Vite would take what pages share for a
 * chunk of its own, and link that after what it must come before.
 */
export function joinStyles(html: string, address: string): { html: string; styleSheet: string } {
  const link = /[ \t]*<link rel="stylesheet" href="([^"]*)" \/>\n?/g;
  const imports = [...html.matchAll(link)].map(([, href]) => `@import "${href}";\n`);
  const others = html.replace(link, "");
  if (imports.length === 0) return { html, styleSheet: "" };
  return {
    html: others.replace("</head>", () => `<link rel="stylesheet" href="${address}" />\n  </head>`),
    styleSheet: imports.join(""),
  };
}

/**
 * Makes HTML of what is written in `page`, a path below `root` such as "digits/index.html". Throws an error of one line
 * that begins with the page where a part, a formula, or what the cards are made of is wrong.
 */
export async function expandPage(html: string, page: string, root = demosFolder): Promise<string> {
  const parts = readParts(root);
  const given = { root: relative(dirname(page), ".").replaceAll("\\", "/") || "." };
  const expanded = insertParts(
    html.replace("<page-cards></page-cards>", () => pageCards(root, parts)),
    page,
    parts,
    given,
  );
  if (!expanded.includes("<formula")) return expanded;
  // Only now: pages without formulas, such as those of jobs, should not wait for KaTeX.
  const { setFormulas } = await import("./demoPagesFormulas.ts");
  return setFormulas(expanded, page);
}

function partsFolder(root: string): string {
  return join(root, "_shell", "parts");
}

function readParts(root: string): Parts {
  const folder = partsFolder(root);
  const names = readdirSync(folder).filter((name) => name.endsWith(".html"));
  return new Map(
    names.map((name) => [name.slice(0, -".html".length), readFileSync(join(folder, name), "utf8")]),
  );
}

function pageCards(root: string, parts: Parts): string {
  const cards = listDemoPages(root).map((name) =>
    fillPart("card", "index.html", parts, cardOf(name, root, parts), {}),
  );
  return `<ul class="cards">\n${cards.join("\n")}\n</ul>`;
}

/** What a page says of itself. `trained` may be left out, and a page has no thumbnail until one is made of it. */
function cardOf(name: string, root: string, parts: Parts): PartValues {
  const page = `${name}/index.html`;
  const html = insertParts(readFileSync(join(root, page), "utf8"), page, parts, { root: ".." });
  const title = html.match(/<title>([^<]*)<\/title>/)?.[1].replace(/ – tilegrad$/, "");
  const description = metaOf(html, "description");
  if (!title || !description)
    throw new Error(`${page}: it has no ${title ? "description" : "title"}; the index shows both.`);
  const pictureOf = (scheme: "light" | "dark") => {
    const path = thumbnailPath(name, scheme);
    return existsSync(join(root, path)) ? `./${path}` : "./_shell/icon.svg";
  };
  return {
    name,
    title: unescapeHtml(title),
    description: unescapeHtml(description),
    trained: unescapeHtml(metaOf(html, "trained")),
    light: pictureOf("light"),
    dark: pictureOf("dark"),
  };
}

function metaOf(html: string, name: string): string {
  return html.match(new RegExp(`<meta\\s+name="${name}"\\s+content="([^"]*)"`))?.[1] ?? "";
}
