// Sorts and filters the table of domains, and opens what is folded for paper. The page is whole without it.
"use strict";
(() => {
  const table = document.getElementById("domain-table");
  const form = document.getElementById("filter");
  const text = document.getElementById("filter-text");
  const verdict = document.getElementById("filter-verdict");
  const shown = document.getElementById("filter-shown");
  const body = table.tBodies[0];
  // Verdicts in the order of their weight, as the list to choose from has them.
  const weights = new Map(Array.from(verdict.options, (option, weight) => [option.value, weight]));
  const total = body.rows.length;
  // Read at the first use: opening the page must not wait for it.
  let known;
  const rows = () => (known ??= Array.from(body.rows, (row) => ({
    row,
    text: row.textContent.toLowerCase(),
    verdict: row.cells[1].querySelector(".badge").lastChild.data,
  })));
  const collator = new Intl.Collator("en", { numeric: true });

  const filter = () => {
    const wanted = text.value.trim().toLowerCase();
    let count = 0;
    for (const entry of rows()) {
      const fits = entry.text.includes(wanted) && (verdict.value === "" || entry.verdict === verdict.value);
      entry.row.hidden = !fits;
      count += fits;
    }
    say(count);
  };
  const say = (count) => {
    shown.textContent = `${count.toLocaleString("en")} of ${total.toLocaleString("en")} shown`;
  };

  const key = {
    text: ({ row }, column) => row.cells[column].textContent.trim(),
    number: ({ row }, column) => Number(row.cells[column].textContent.replaceAll(",", "") || -1),
    verdict: ({ verdict }) => weights.get(verdict),
  };
  const sort = (heading) => {
    const kind = heading.dataset.sort;
    const first = kind === "number" ? "descending" : "ascending";
    const other = kind === "number" ? "ascending" : "descending";
    const order = heading.getAttribute("aria-sort") === first ? other : first;
    for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    const keyed = rows().map((entry) => [key[kind](entry, heading.cellIndex), entry]);
    const compare = kind === "text" ? collator.compare : (a, b) => a - b;
    keyed.sort(([a], [b]) => sign * compare(a, b));
    const sorted = document.createDocumentFragment();
    for (const [, entry] of keyed) sorted.append(entry.row);
    // Apart from the table while it changes, so that the table is laid out once.
    body.remove();
    body.append(sorted);
    table.append(body);
  };

  for (const heading of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sort(heading));
    heading.append(button);
  }
  let waiting;
  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  verdict.addEventListener("change", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  form.hidden = false;
  say(total);

  const folded = [];
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details:not([open], .meaning)")) {
      folded.push(details);
      details.open = true;
    }
  });
  addEventListener("afterprint", () => {
    for (const details of folded.splice(0)) details.open = false;
  });
})();
