// The small forms that the toolbar opens: a citation, a link, a picture. Enter does what their button does.

export function watchPanels(form, editor, announce) {
  const panels = [...form.querySelectorAll(".panel")];
  const opener = (panel) => form.querySelector(`[data-opens="${panel.id}"]`);
  const value = (panel, name) => panel.querySelector(`[data-value="${name}"]`);
  const close = (panel, { back = true } = {}) => {
    if (panel.hidden) return;
    panel.hidden = true;
    opener(panel).ariaExpanded = "false";
    for (const field of panel.querySelectorAll("input")) field.value = "";
    complain(panel, "");
    if (back) editor.commands.focus();
  };
  const open = (panel) => {
    for (const other of panels) if (other !== panel) close(other, { back: false });
    if (!panel.hidden) return close(panel);
    if (panel.dataset.panel === "link") value(panel, "address").value = editor.getAttributes("link").href ?? "";
    panel.hidden = false;
    opener(panel).ariaExpanded = "true";
    panel.querySelector("select, input").focus();
  };
  const complain = (panel, why) => {
    const place = panel.querySelector("[data-error]");
    if (place) place.textContent = why ? place.dataset[why] : "";
  };
  const done = (panel) => {
    announce(panel.dataset.done);
    close(panel);
  };
  const actions = {
    cite: (panel) => {
      const [reading] = value(panel, "reading").selectedOptions;
      const { page, paragraph, shown } = placeIn(value(panel, "page").value.trim());
      const label = shown ? `${reading.dataset.cite}, ${shown}` : reading.dataset.cite;
      const chip = { type: "cited", attrs: { reading: reading.value, page, paragraph, label } };
      const words = value(panel, "words").value.trim();
      const quoted = {
        type: "blockquote",
        content: [{ type: "paragraph", content: [{ type: "text", text: `${words} ` }, chip] }],
      };
      editor
        .chain()
        .focus()
        .insertContent(words ? [quoted, { type: "paragraph" }] : [chip, { type: "text", text: " " }])
        .run();
      done(panel);
    },
    link: (panel) => {
      let address = value(panel, "address").value.trim();
      if (/^[\w-]+(\.[\w-]+)+([/?#]|$)/.test(address)) address = `https://${address}`;
      if (!/^(https?:\/\/[^\s]+\.[^\s]+|https?:\/\/localhost|mailto:[^\s]+@)/i.test(address))
        return complain(panel, "error");
      const { empty } = editor.state.selection;
      const chain = editor.chain().focus();
      if (empty && !editor.isActive("link"))
        chain.insertContent([
          { type: "text", text: address, marks: [{ type: "link", attrs: { href: address } }] },
          { type: "text", text: " " },
        ]);
      else chain.extendMarkRange("link").setLink({ href: address });
      chain.run();
      done(panel);
    },
    picture: async (panel) => {
      const [file] = value(panel, "file").files;
      const alt = value(panel, "alt").value.trim();
      if (!file || !alt) return complain(panel, "error");
      const sent = await send(form, file);
      if (!sent.url || !sent.picture) {
        complain(panel, "failed");
        if (sent.message) panel.querySelector("[data-error]").textContent = sent.message;
        return;
      }
      editor
        .chain()
        .focus()
        .insertContent({ type: "picture", attrs: { src: new URL(sent.url, location.href).pathname, alt } })
        .run();
      done(panel);
    },
  };
  for (const panel of panels) {
    const apply = () => actions[panel.dataset.panel](panel);
    panel.querySelector("[data-apply]").addEventListener("click", apply);
    panel.querySelector("[data-close]").addEventListener("click", () => close(panel));
    panel.querySelector("[data-remove]")?.addEventListener("click", () => {
      editor.chain().focus().extendMarkRange("link").unsetLink().run();
      close(panel);
    });
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close(panel);
      else if (event.key !== "Enter" || !event.target.matches("input")) return;
      else apply();
      event.preventDefault();
    });
  }
  return (id) => open(panels.find((panel) => panel.id === id));
}

// What is typed for a place: 104, pp. 104-5, para. 4 or ¶ 4; the server writes it the same way.
function placeIn(typed) {
  const paragraph = typed.match(/^(?:para(?:graph|\.)?|¶)\s*(\w{1,20})$/i)?.[1] ?? "";
  if (paragraph) return { page: "", paragraph, shown: `para. ${paragraph}` };
  const numbers = typed.replace(/^(pp?|S)\.?\s*/i, "").split(/[-–]/);
  const page = numbers.map((number) => number.trim()).join("–");
  return { page, paragraph, shown: page && `${page.includes("–") ? "pp." : "p."} ${page}` };
}

async function send(form, file) {
  const data = new FormData();
  data.append("file", file);
  try {
    const answer = await fetch(form.dataset.files, {
      method: "POST",
      body: data,
      headers: { Accept: "application/json", "X-CSRFToken": form.dataset.token },
    });
    return await answer.json();
  } catch {
    return {};
  }
}
