// What is written in demos/ becomes HTML: parts, formulas, cards; and what built pages may not have.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { demosFolder, expandPage, joinStyles, listDemoPages } from "../../scripts/demoPages.ts";
import { policyFaults, weighDemoPages } from "../../scripts/demoPagesBuild.ts";
import { setFormulas } from "../../scripts/demoPagesFormulas.ts";
import { insertParts, unescapeHtml } from "../../scripts/demoPagesParts.ts";

let root: string;

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tilegrad-pages-"));
});

afterAll(() => rmSync(root, { recursive: true }));

describe("insertParts", () => {
  const parts = new Map([
    ["header", '<header>\n  <a href="{{root}}/">{{title}}</a>\n</header>\n'],
    ["foot", "<p>{{hint}}</p>"],
    ["trouble", "<section></section>"],
  ]);
  const insert = (html: string) => insertParts(html, "digits/index.html", parts, { root: ".." });

  it("fills what a page names, escaped and as far in as it stands", () => {
    expect(
      insert('<body>\n  <shell-part name="header" title="A &lt; B &amp; &quot;C&quot;"></shell-part>\n'),
    ).toBe('<body>\n  <header>\n    <a href="../">A &lt; B &amp; &quot;C&quot;</a>\n  </header>\n');
    expect(insert('<shell-part name="foot" hint="<b>it\'s</b>"></shell-part>')).toBe(
      "<p>&lt;b&gt;it&#39;s&lt;/b&gt;</p>",
    );
    expect(insert('<shell-part\n  name="foot"\n  hint="{{root}} $&"\n></shell-part>')).toBe(
      "<p>{{root}} $&amp;</p>",
    );
  });

  test.each([
    [
      '<shell-part name="heather" title="A"></shell-part>',
      'there is no part "heather"; there are foot, header, trouble',
    ],
    ['<shell-part name="header"></shell-part>', 'part "header" lacks "title"; its attributes are title.'],
    [
      '<shell-part name="foot" hint="a" title="b"></shell-part>',
      'part "foot" has no use for "title"; its attributes are hint.',
    ],
    [
      '<shell-part name="header" title="a" root="b"></shell-part>',
      'part "header" has no use for "root"; its attributes are title.',
    ],
    [
      '<shell-part name="trouble" a="b"></shell-part>',
      'part "trouble" has no use for "a"; its attributes are none.',
    ],
    ['<shell-part title="a"></shell-part>', "a shell-part has no name; there are foot, header, trouble"],
    ['<shell-part name="trouble" />', 'cannot be read; <shell-part name="…" …></shell-part> is allowed.'],
    ['<shell-part name="foot" hint=a></shell-part>', "cannot be read"],
    ['<shell-part name="toString"></shell-part>', 'there is no part "toString"'],
  ])("refuses %s", (html, message) => {
    expect(() => insert(html)).toThrow(message);
    expect(() => insert(html)).toThrow(/^digits\/index\.html: /);
  });

  test("what is escaped is read as it was", () => {
    expect(unescapeHtml("&lt;&gt;&amp;&quot;&#39;&apos;&#x1D538;&amp;lt; &nbsp;")).toBe(
      "<>&\"''𝔸&lt; &nbsp;",
    );
  });
});

describe("setFormulas", () => {
  const set = (html: string) => setFormulas(html, "gpt/index.html");

  it("sets TeX as MathML and leaves nothing else of it", () => {
    expect(set("<formula>\\frac{1}{N}</formula>")).toBe(
      '<math display="block" class="formula" tabindex="0"><mrow><mfrac><mn>1</mn><mi>N</mi></mfrac></mrow></math>',
    );
    expect(set("a <formula inline> x_t </formula> b")).toBe(
      "a <math><mrow><msub><mi>x</mi><mi>t</mi></msub></mrow></math> b",
    );
    const long = set("<formula>\\sum_{n=1}^{N} \\log \\lVert \\hat x \\rVert^2 &lt; \\sqrt{2}</formula>");
    expect(long).not.toMatch(/annotation|katex|style=|xmlns|\\|semantics/);
    expect(long).toContain("<mo>&lt;</mo>");
  });

  it("sets norms and functions as TeX does", () => {
    expect(set("<formula inline>\\lVert x \\rVert \\parallel y</formula>")).toBe(
      '<math><mrow><mo stretchy="false">‖</mo><mi>x</mi><mo stretchy="false">‖</mo><mo>∥</mo><mi>y</mi></mrow></math>',
    );
    const space = '<mspace width="0.1667em"/>';
    expect(set("<formula inline>\\log x</formula>")).toContain(
      `<mi>log</mi><mo>\u2061</mo>${space}<mi>x</mi>`,
    );
    expect(set("<formula inline>\\log(x)</formula>")).not.toContain("mspace");
  });

  it("puts letters of other alphabets in their own places", () => {
    expect(set("<formula inline>\\mathbb{E}\\mathbb{R}</formula>")).toBe(
      "<math><mrow><mi>𝔼</mi><mi>ℝ</mi></mrow></math>",
    );
    expect(set("<formula inline>\\mathbf{W}\\mathbf{x}</formula>")).toBe(
      "<math><mrow><mi>𝐖</mi><mi>𝐱</mi></mrow></math>",
    );
  });

  test.each([
    ["<formula>\\frac{1}</formula>", "the formula \\frac{1} cannot be set: KaTeX parse error"],
    ["<formula>\\nonsense</formula>", "the formula \\nonsense cannot be set: KaTeX parse error"],
    ["<formula> </formula>", "the formula  cannot be set: it is empty."],
    ["<formula>\\mathfrak{A}</formula>", 'cannot be set: "A" has no fraktur form here'],
    ["<formula>\\href{https://example.org}{x}</formula>", "cannot be set"],
    [
      "<formula display>x</formula>",
      "cannot be read; <formula>TeX</formula> and <formula inline> are allowed.",
    ],
  ])("refuses %s", (html, message) => {
    expect(() => set(html)).toThrow(message);
    expect(() => set(html)).toThrow(/^gpt\/index\.html: /);
  });
});

describe("expandPage", () => {
  const head = '<shell-part name="head" title="T &amp; U – tilegrad" description="D."></shell-part>';

  beforeAll(() => {
    write(
      "_shell/parts/head.html",
      '<title>{{title}}</title>\n<meta name="description" content="{{description}}" />',
    );
    write(
      "_shell/parts/card.html",
      "<li>{{name}}|{{title}}|{{description}}|{{trained}}|{{light}}|{{dark}}</li>",
    );
    write("b/index.html", `${head}<meta name="trained" content="9 &lt; 10" />`);
    write("a/index.html", head);
    write("jobs/job.html", head);
    write("thumbnails/b.webp", "");
    write("thumbnails/b.dark.webp", "");
  });

  it("lists every page by what it says of itself", async () => {
    expect(listDemoPages(root)).toEqual(["a", "b"]);
    expect(await expandPage("<page-cards></page-cards>", "index.html", root)).toBe(
      [
        '<ul class="cards">',
        "<li>a|T &amp; U|D.||./_shell/icon.svg|./_shell/icon.svg</li>",
        "<li>b|T &amp; U|D.|9 &lt; 10|./thumbnails/b.webp|./thumbnails/b.dark.webp</li>",
        "</ul>",
      ].join("\n"),
    );
    write("c/index.html", "<title>T</title>");
    try {
      await expect(expandPage("<page-cards></page-cards>", "index.html", root)).rejects.toThrow(
        "c/index.html: it has no description; the index shows both.",
      );
    } finally {
      rmSync(join(root, "c"), { recursive: true });
    }
  });

  it("makes of the pages of this repository HTML in which every identifier stands once", async () => {
    for (const name of ["", ...listDemoPages()]) {
      const page = name === "" ? "index.html" : `${name}/index.html`;
      const html = await expandPage(readFileSync(join(demosFolder, page), "utf8"), page);
      expect(html, page).not.toMatch(/<shell-part|<formula|<page-cards|\{\{/);
      const identifiers = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, identifier]) => identifier);
      expect(identifiers.filter((identifier, index) => identifiers.indexOf(identifier) !== index)).toEqual(
        [],
      );
      for (const [, target] of html.matchAll(/\s(?:for|aria-labelledby)="([^"]*)"/g))
        expect(identifiers, page).toContain(target);
    }
  });
});

describe("built pages", () => {
  const policy = '<meta http-equiv="Content-Security-Policy" content="" />';

  it("link one style sheet that imports theirs in their order", () => {
    const html = [
      "<head>",
      '  <link rel="icon" href="./i.svg" />',
      '  <link rel="stylesheet" href="../b.css" />',
      "  <title>T</title>",
      '  <link rel="stylesheet" href="./a.css" />',
      "</head>",
    ].join("\n");
    const joined = joinStyles(html, "page.css");
    expect(joined.styleSheet).toBe('@import "../b.css";\n@import "./a.css";\n');
    expect(joined.html).toBe(
      '<head>\n  <link rel="icon" href="./i.svg" />\n  <title>T</title>\n<link rel="stylesheet" href="page.css" />\n  </head>',
    );
    expect(joinStyles("<head></head>", "page.css").html).toBe("<head></head>");
  });

  test.each([
    [`${policy}<script src="./a.js"></script><a href="../">`, []],
    ['<script src="./a.js"></script>', ["it has no policy before what it fetches"]],
    [`<link href="./a.css" />${policy}`, ["it has no policy before what it fetches"]],
    [`${policy}<script type="module">`, ['<script type="module"> is inline']],
    [`${policy}<p style="color: red">`, ['<p style="color: red"> is inline']],
    [`${policy}<p onclick="go()">`, ['<p onclick="go()"> is inline']],
    [`${policy}<style>`, ["<style> is inline"]],
    [`${policy}<img src="https://a.org/b">`, ['"https://a.org/b" is not relative']],
    [`${policy}<img src="/b.png">`, ['"/b.png" is not relative']],
  ])("%s", (html, faults) => {
    expect(policyFaults(html)).toEqual(faults);
  });

  it("weigh what they may fetch unasked, without data", () => {
    const folder = join(root, "built");
    write("built/index.html", "nothing");
    write("built/digits/index.html", '"../assets/main-1.js"');
    write("built/assets/main-1.js", 'import("./late-2.js"); "worker-3.js"');
    write("built/assets/worker-3.js", '"../data/corpus-4.js"');
    write("built/assets/other-5.js", "");
    write("built/data/corpus-4.js", "x".repeat(1000));
    write("built/asked/peer-6.js", "x".repeat(1000));
    write(
      "built/assets/late-2.js",
      'const load = () => import("../asked/peer-6.js"), deps = ["main-1.js", "asked/peer-6.js"];',
    );
    const [index, digits] = weighDemoPages(folder);
    expect(index).toEqual({ page: "", files: ["index.html"], sizeBytes: 27 });
    expect(digits.page).toBe("digits");
    expect(digits.files).toEqual([
      "assets/late-2.js",
      "assets/main-1.js",
      "assets/worker-3.js",
      "digits/index.html",
    ]);
  });

  test.each([
    ['import { f } from "../asked/peer-2.js";', true],
    ['import{f}from"../asked/peer-2.js";', true],
    ['import "../asked/peer-2.js";', true],
    ['import"../asked/peer-2.js";', true],
    ['import("../asked/peer-2.js");', false],
    ['"asked/peer-2.js"', false],
  ])("what is asked for counts where it is loaded unasked: %s", (text, counts) => {
    write("asking/index.html", '<script src="./assets/main-1.js"></script>');
    write("asking/assets/main-1.js", text);
    write("asking/asked/peer-2.js", "1");
    const [{ files }] = weighDemoPages(join(root, "asking"));
    expect(files.includes("asked/peer-2.js")).toBe(counts);
  });
});
