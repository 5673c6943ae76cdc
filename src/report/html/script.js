"use strict";
(() => {
  const all = (where, what) => Array.from(where.querySelectorAll(what));
  const panel = document.getElementById("filters");
  const opened = [];
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    for (let node = target; node; node = node.parentElement) {
      if (node.localName === "details") node.open = true;
    }
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => {
    for (const node of all(document, "details:not([open])")) {
      node.open = true;
      opened.push(node);
    }
  });
  addEventListener("afterprint", () => {
    while (opened.length) opened.pop().open = false;
  });
  if (panel) {
    const lists = all(document, ".list > .group").map((node) => ({
      node,
      head: node.querySelector("summary").textContent,
      findings: all(node, ".finding").map((item) => ({ item, text: null })),
    }));
    const boxes = all(panel, "input[name=severity]");
    const rule = document.getElementById("filter-rule");
    const text = document.getElementById("filter-text");
    const count = document.getElementById("filter-count");
    const none = document.getElementById("filter-none");
    const fold = (words) => words.normalize("NFKC").toLowerCase();
    const apply = () => {
      const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
      const sought = fold(text.value.trim());
      let shown = 0;
      let whole = 0;
      for (const { node, head, findings } of lists) {
        let visible = 0;
        for (const finding of findings) {
          const { s, r } = finding.item.dataset;
          let fits = severities.has(s) && (rule.value === "" || rule.value === r);
          if (fits && sought) {
            finding.text ??= fold(head + " " + finding.item.textContent);
            fits = finding.text.includes(sought);
          }
          finding.item.hidden = !fits;
          if (fits) visible += 1;
        }
        node.hidden = visible === 0;
        if (!node.classList.contains("record")) {
          shown += visible;
          whole += findings.length;
        }
      }
      count.textContent = shown.toLocaleString(document.documentElement.lang) + " / " +
        whole.toLocaleString(document.documentElement.lang);
      none.hidden = shown > 0;
    };
    let waiting;
    panel.addEventListener("change", apply);
    text.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(apply, 150);
    });
    panel.hidden = false;
    apply();
  }
  reveal();
})();
