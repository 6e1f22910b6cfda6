// Rich text as one would have typed it, by the same rules as the server: the words that count are counted in it.

export const plainText = (doc) => lines(doc).join("\n");

function lines(parent) {
  const all = [];
  parent.forEach((block) => {
    if (!isSeen(block)) return;
    if (all.length) all.push("");
    all.push(...linesOf(block));
  });
  return all;
}

function linesOf(block) {
  switch (block.type.name) {
    case "blockquote":
      return lines(block).map((line) => `> ${line}`.trimEnd());
    case "bulletList":
    case "orderedList":
      return children(block).filter(isSeen).flatMap(linesOfItem);
    case "pastedTable":
      return block.attrs.rows.map((row) => row.map((cell) => cell.text).join(" | "));
    default:
      return inline(block).split("\n");
  }
}

function linesOfItem(item) {
  const found = lines(item).filter(Boolean);
  const mark = !found.length || found[0].startsWith(">") ? "" : "- ";
  return found.map((line, number) => (number ? "  " : mark) + line);
}

function inline(block) {
  return children(block)
    .map((node) => {
      if (node.isText) return node.text;
      if (node.type.name === "cited") return `[${node.attrs.label}]`;
      if (node.type.name === "mention") return `@${node.attrs.name}`;
      if (node.type.name === "picture") return node.attrs.alt;
      return "\n";
    })
    .join("");
}

const isSeen = (node) =>
  node.type.name === "pastedTable" ||
  Boolean(node.textContent.trim()) ||
  children(node).some((child) =>
    child.isAtom && !child.isText ? child.type.name !== "hardBreak" : isSeen(child) && !child.isText,
  );

function children(node) {
  const found = [];
  node.forEach((child) => {
    found.push(child);
  });
  return found;
}

// What stands in the text area, for the editor to begin with: paragraphs, and lines after > as quotations.
export function contentOf(text) {
  const blocks = text
    .replaceAll("\r", "")
    .split(/\n\s*\n/)
    .filter((block) => block.trim());
  return { type: "doc", content: blocks.length ? blocks.flatMap(blocksOf) : [{ type: "paragraph" }] };
}

function blocksOf(block) {
  const runs = [];
  for (const line of block.split("\n")) {
    const isQuote = line.trimStart().startsWith(">");
    if (runs.at(-1)?.isQuote !== isQuote) runs.push({ isQuote, lines: [] });
    runs.at(-1).lines.push(isQuote ? line.trimStart().slice(1).trimStart() : line);
  }
  return runs.map(({ isQuote, lines: own }) => {
    const content = own.flatMap((line, number) => [
      ...(number ? [{ type: "hardBreak" }] : []),
      ...(line ? [{ type: "text", text: line }] : []),
    ]);
    const paragraph = { type: "paragraph", content };
    return isQuote ? { type: "blockquote", content: [paragraph] } : paragraph;
  });
}
