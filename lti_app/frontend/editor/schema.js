// What a post may contain: as much as the server keeps, and nothing that it would take away.
import { Mark, Node, wrappingInputRule } from "@tiptap/core";
import StarterKit from "@tiptap/starter-kit";

const Cited = Node.create({
  name: "cited",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: () => ({
    reading: {},
    page: { default: "" },
    paragraph: { default: "" },
    passage: { default: "" },
    label: { default: "" },
  }),
  parseHTML: () => [
    {
      tag: "a.cited[data-reading]",
      priority: 100,
      getAttrs: ({ dataset, textContent }) => ({
        reading: dataset.reading,
        page: dataset.page ?? "",
        paragraph: dataset.paragraph ?? "",
        passage: dataset.passage ?? "",
        label: textContent,
      }),
    },
  ],
  renderHTML: ({ node }) => ["a", { class: "cited", ...dataOf(node.attrs) }, node.attrs.label],
});

/** @param {any} attributes */
const dataOf = ({ reading, page, paragraph, passage }) =>
  Object.fromEntries(
    Object.entries({ reading, page, paragraph, passage })
      .filter(([, value]) => value)
      .map(([name, value]) => [`data-${name}`, value]),
  );

const Mention = Node.create({
  name: "mention",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: () => ({ id: {}, name: { default: "" } }),
  parseHTML: () => [
    {
      tag: "span.mention[data-id]",
      getAttrs: ({ dataset, textContent }) => ({ id: dataset.id, name: textContent.replace(/^@/, "") }),
    },
  ],
  renderHTML: ({ node }) => ["span", { class: "mention", "data-id": node.attrs.id }, `@${node.attrs.name}`],
});

const Picture = Node.create({
  name: "picture",
  group: "inline",
  inline: true,
  atom: true,
  draggable: true,
  addAttributes: () => ({ src: {}, alt: { default: "" } }),
  parseHTML: () => [
    {
      tag: 'img[src^="/courses/"]',
      getAttrs: (/** @type {any} */ img) => (img.alt ? { src: img.getAttribute("src"), alt: img.alt } : false),
    },
  ],
  renderHTML: ({ node }) => ["img", { src: node.attrs.src, alt: node.attrs.alt }],
});

// A table comes by pasting alone, and stands as it came.
const PastedTable = Node.create({
  name: "pastedTable",
  group: "block",
  atom: true,
  addAttributes: () => ({ rows: { default: [] } }),
  parseHTML: () => [
    {
      tag: "table",
      getAttrs: (/** @type {any} */ table) => {
        const rows = [...table.rows].map((row) =>
          [...row.cells].map((cell) => ({ tag: cell.localName, text: cell.textContent.replace(/\s+/g, " ").trim() })),
        );
        return rows.some((row) => row.some((cell) => cell.text)) ? { rows } : false;
      },
    },
  ],
  renderHTML: ({ node }) => [
    "table",
    ["tbody", ...node.attrs.rows.map((row) => ["tr", ...row.map((cell) => [cell.tag, cell.text])])],
  ],
});

// The address of a post of ours, as quotations carry it.
const PostLink = Mark.create({
  name: "address",
  inclusive: false,
  excludes: "link",
  addAttributes: () => ({ href: {} }),
  parseHTML: () => [{ tag: 'a.address[href^="/courses/"]', priority: 100 }],
  renderHTML: ({ HTMLAttributes }) => ["a", { class: "address", ...HTMLAttributes }, 0],
});

// Tab leaves the editor; lists are indented by other keys.
/** @type {Partial<import("@tiptap/core").NodeConfig>} */
const listItem = {
  addKeyboardShortcuts() {
    return {
      Enter: () => this.editor.commands.splitListItem(this.name),
      "Mod-]": () => this.editor.commands.sinkListItem(this.name),
      "Mod-[": () => this.editor.commands.liftListItem(this.name),
    };
  },
};

// Only 1. begins a list: any other number that begins a line, typed or pasted, may be the year of a sentence.
/** @type {Partial<import("@tiptap/core").NodeConfig>} */
const orderedList = {
  addInputRules() {
    return [wrappingInputRule({ find: /^1\.\s$/, type: this.type })];
  },
  addProseMirrorPlugins: () => [],
};

export const extensions = [
  StarterKit.configure({
    heading: { levels: [3, 4] },
    underline: false,
    horizontalRule: false,
    codeBlock: { HTMLAttributes: { class: null } },
    link: {
      openOnClick: false,
      autolink: true,
      linkOnPaste: true,
      defaultProtocol: "https",
      HTMLAttributes: { target: null, rel: null },
      isAllowedUri: (address) => /^(https?:\/\/|mailto:)/i.test(address),
    },
  }).extend({
    addExtensions() {
      return (this.parent?.() ?? []).map((one) => {
        if (one.name === "listItem") return one.extend(listItem);
        return one.name === "orderedList" ? one.extend(orderedList) : one;
      });
    },
  }),
  Cited,
  Mention,
  Picture,
  PastedTable,
  PostLink,
];
