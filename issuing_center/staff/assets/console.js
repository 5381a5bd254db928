// The console: today's numbers, live, and what a clerk does with the one that is chosen. Focus always comes back to the
// search field, because a scanner types there; keys are listed in the dialog on F1.
import { $, clock, dayOf, get, make, notice, noticeOf, post, signedIn, yen } from "/assets/common.js";

const CARE = {
  unreported: "端末から印刷結果の報告がありません。用紙を確認してください。",
  lost: "印刷できなかった用紙があります。用紙を確認してください。",
  outcome_differs: "端末の報告と記録が一致しません。枚数を確認してください。",
  paid_not_handed: "収納済みで、交付されていません。",
  mixed_up: "別の番号の用紙が混ざっていました。証明書をすべて読み取ってから交付してください。",
};
const PRINTERS = { paper_low: "用紙が残り少なくなっています", paper_out: "用紙がありません", fault: "故障しています", unreachable: "応答がありません" };
const SETTLED = { cash: "現金", cashless: "キャッシュレス", exempt: "免除", free: "無料" };
const SHEETS = { issued: "印刷中", printed: "印刷済", handed_over: "交付済", spoiled: "廃棄" };
const FINAL = ["handed_over", "cancelled"];
const FILTERS = {
  open: ["対応中", (row) => !FINAL.includes(row.state)],
  care: ["要対応", (row) => row.attention !== null || row.state === "spoiled"],
  done: ["完了", (row) => FINAL.includes(row.state)],
  all: ["すべて", () => true],
};
const SILENCE_MS = 40_000;
const SCAN_ENDS_MS = 500;

let session;
const rows = new Map();
let order = [];
let terminals = [];
let day = "";
let filter = "open";
let chosen = null;
let slip = null; // the slip that was presented for the chosen number
let scanned = []; // what was read on its sheets: the text, and what it is
let heardAt = 0;
let finding = Promise.resolve(); // the search under way

const officeName = (id) => session.offices.find((each) => each.office_id === id)?.name ?? id;
const shown = (row) => (!$("office").value || row.office === $("office").value) && FILTERS[filter][1](row);
const before = (a, b) => a.office.localeCompare(b.office) || a.number - b.number;

// the list

function cells(row) {
  const number = make("button", { type: "button", class: "number", textContent: row.number, "aria-label": `${row.number}番を選ぶ`, tabIndex: -1 });
  const care = row.attention || row.reprint_permitted ? make("span", { class: "care", textContent: row.attention ? " ⚠要対応" : " 再印刷待ち" }) : "";
  return [
    make("td", {}, number),
    make("td", {}, make("span", { class: `state ${row.state}`, textContent: session.labels.states[row.state] }), care),
    make("td", { class: "kind", textContent: `${session.labels.kinds[row.kind] ?? row.kind} × ${row.copies}${$("office").value ? "" : `／${officeName(row.office)}`}` }),
    make("td", { class: "right", textContent: yen(row.total_yen) }),
    make("td", { textContent: clock(row.requested_at) }),
    make("td", { textContent: row.called_at ? clock(row.called_at) : "" }),
  ];
}

function line(row) {
  const tr = make("tr", { id: `row-${row.request_id}` }, ...cells(row));
  tr.dataset.id = row.request_id;
  tr.classList.toggle("done", FINAL.includes(row.state));
  tr.classList.toggle("chosen", row.request_id === chosen);
  return tr;
}

function drawList() {
  order = [...rows.values()].sort(before);
  $("rows").replaceChildren(...order.filter(shown).map(line));
  drawCounts();
}

function drawRow(row, news) {
  const old = $(`row-${row.request_id}`);
  if (!shown(row) && row.request_id !== chosen) {
    old?.remove();
    return;
  }
  const tr = line(row);
  tr.classList.toggle("news", news);
  if (old) old.replaceWith(tr);
  else {
    const next = [...$("rows").children].find((each) => before(row, rows.get(each.dataset.id)) < 0);
    $("rows").insertBefore(tr, next ?? null);
  }
}

function drawCounts() {
  const here = order.filter((row) => !$("office").value || row.office === $("office").value);
  for (const button of $("filters").children) {
    const [label, test] = FILTERS[button.dataset.filter];
    button.textContent = `${label} ${here.filter(test).length}`;
    button.setAttribute("aria-pressed", String(button.dataset.filter === filter));
  }
  $("empty").hidden = $("rows").children.length > 0;
  $("empty").textContent = filter === "open" ? "お待ちの番号はありません。" : "該当する番号はありません。";
  $("taken").textContent = here.length;
  $("handed").textContent = here.filter((row) => row.state === "handed_over").length;
}

function drawAlerts() {
  const lines = [];
  for (const each of terminals) {
    if ($("office").value && each.office !== $("office").value) continue;
    const name = session.offices.length > 1 ? `${officeName(each.office)} ${each.terminal}` : each.terminal;
    const says = [
      each.away ? "端末から応答がありません" : null,
      PRINTERS[each.printer] ? `窓口プリンター ${PRINTERS[each.printer]}` : null,
      PRINTERS[each.slips] ? `受付票プリンター ${PRINTERS[each.slips]}` : null,
    ].filter(Boolean);
    if (says.length) lines.push(`${name}: ${says.join("、")}`);
  }
  $("alerts").replaceChildren(...lines.map((text) => make("li", { textContent: text })));
}

// the chosen number

const ACTS = {
  call: ["呼び出す", "F2", (row) => act("/api/call", {}, `${row.number}番を呼び出しました。`)],
  confirm_printed: ["印刷済みを確認", "F7", (row) => act("/api/confirm-printed", {}, `${row.number}番を印刷済みにしました。`)],
  take_fee: ["手数料を収納", "F4", askFee],
  hand_over: ["交付する", "F8", askSlip],
  spoil: ["廃棄・再印刷", "F9", askSpoil],
  permit_reprint: ["再印刷を許可", "", (row) => act("/api/permit-reprint", {}, `${row.number}番の再印刷を許可しました。本人がもう一度カードを置いてください。`)],
  cancel: ["取消", "Shift+F9", askCancel],
};
const KEYS = { F2: "call", F4: "take_fee", F7: "confirm_printed", F8: "hand_over", F9: "spoil" };
const NEXT = ["hand_over", "take_fee", "call", "confirm_printed"];
const nextOf = (row) => {
  if (row.attention === "unreported") return "confirm_printed";
  return NEXT.find((name) => row.acts.includes(name) && !(name === "call" && row.called_at) && !(name === "confirm_printed" && row.state === "spoiled"));
};

function fact(name, ...value) {
  return [make("dt", { textContent: name }), make("dd", {}, ...value)];
}

function feeOf(row) {
  if (row.settlement === null) return `${yen(row.total_yen)}（未収納）`;
  const taken = ["cash", "cashless"].includes(row.settlement) && row.total_yen > 0;
  if (taken && row.paid_yen === 0) return `${yen(row.total_yen)}（${SETTLED[row.settlement]}・返金）`;
  return `${yen(row.total_yen)}（${SETTLED[row.settlement]}${row.exemption ? `: ${row.exemption}` : ""}）`;
}

function drawDetail() {
  const row = rows.get(chosen);
  if (!row) {
    $("detail").replaceChildren(make("p", { class: "empty", textContent: "番号を選ぶか、受付票を読み取ってください。" }));
    return;
  }
  const next = nextOf(row);
  const buttons = Object.entries(ACTS)
    .filter(([name]) => row.acts.includes(name) && !(row.reprint_permitted && ["permit_reprint", "confirm_printed"].includes(name)))
    .sort(([a], [b]) => (b === next) - (a === next))
    .map(([name, [label, key, run]]) => {
      const grave = ["cancel", "spoil"].includes(name);
      const button = make("button", { type: "button", class: name === next ? "main" : grave ? "grave" : "", textContent: name === "call" && row.called_at ? "再度呼び出す" : label });
      if (key) button.append(make("kbd", { textContent: key, "aria-hidden": "true" }));
      button.dataset.act = name;
      button.addEventListener("click", () => run(row));
      return button;
    });
  const warnings = [row.attention ? CARE[row.attention] ?? row.attention : null, row.reprint_permitted ? "再印刷できます。本人がもう一度カードを置いて、同じ証明書を選んでください（手数料は不要）。" : null];
  const sheets = row.sheets.map((sheet) =>
    make("li", { class: sheet.state },
      make("span", { textContent: `${isScanned(sheet) ? "✓ " : ""}${sheet.serial}（${sheet.pages}枚）` }),
      make("span", { textContent: SHEETS[sheet.state] + (sheet.reason ? `: ${session.labels.spoil[sheet.reason] ?? sheet.reason}` : "") })));
  $("detail").replaceChildren(
    make("div", { class: "top" }, make("strong", { textContent: row.number, "aria-label": `${row.number}番` }),
      make("div", {}, make("span", { class: `state ${row.state}`, textContent: session.labels.states[row.state] }),
        slip ? make("span", { class: "verified", textContent: `✓ 受付票${scanned.length ? `と用紙${scanned.length}枚` : ""}を確認しました` }) : "")),
    make("div", { class: "body" },
      ...warnings.filter(Boolean).map((text) => make("p", { class: "warning", textContent: text })),
      make("dl", {},
        ...fact("証明書", `${session.labels.kinds[row.kind] ?? row.kind} × ${row.copies}通`),
        make("dt", { textContent: "手数料" }), make("dd", { class: "fee", textContent: feeOf(row) }),
        ...fact("受付", `${clock(row.requested_at)} ${officeName(row.office)} ${row.terminal}`),
        ...fact("呼出", row.called_at ? clock(row.called_at) : "まだ"),
        ...fact("領収書", row.receipt_number || "なし")),
      make("ul", { id: "sheets", "aria-label": "証明書の用紙" }, ...sheets)),
    make("div", { id: "acts" }, ...(buttons.length ? buttons : [make("p", { class: "final", textContent: FINAL.includes(row.state) ? "この番号の処理は終わっています。" : "証明書を作成しています。" })])),
  );
}

function choose(id, presented = null) {
  const old = chosen;
  if (id !== old) [slip, scanned] = [null, []];
  chosen = id;
  slip = presented ?? slip;
  for (const each of [old, id]) if (rows.has(each)) drawRow(rows.get(each), false);
  drawDetail();
  $(`row-${id}`)?.scrollIntoView({ block: "nearest" });
}

function put(row, news) {
  rows.set(row.request_id, row);
  drawRow(row, news);
  if (row.request_id === chosen) drawDetail();
}

// what a scanner reads: a slip, a bare number, or a sheet

const folded = (text) => text.normalize("NFKC").trim();
const isNumber = (text) => /^[0-9]{1,4}$/.test(text);
const isSlip = (text) => /^([0-9a-f]{32}|[0-9]{1,4}[ -]+[0-9a-z]{4})$/i.test(text);
const isScanned = (sheet) => scanned.some((each) => each.sheet.serial === sheet.serial);
const PAPERS = { A: "申請書", R: "領収書" };
const toHand = (row) => row.sheets.filter((sheet) => sheet.state === "printed");
const complete = (row) => slip !== null && toHand(row).every(isScanned);

// Gives the problem, or null when the sheet is the chosen number's.
async function checkSheet(text) {
  const answer = await post("/api/check-sheet", { request_id: chosen, sheet: text });
  if (!answer.ok) {
    if (answer.problem.row) put(answer.problem.row, false);
    return answer.problem;
  }
  const { sheet } = answer.value;
  scanned = [...scanned.filter((each) => each.sheet.serial !== sheet.serial || each.sheet.letter !== sheet.letter), { text, sheet }];
  drawDetail();
  return null;
}

// acts

let busy = false;
async function send(path, body) {
  if (busy) return null;
  busy = true;
  const answer = await post(path, { request_id: chosen, ...body });
  busy = false;
  const row = answer.ok ? answer.value : answer.problem.row;
  if (row) put(row, false);
  order = [...rows.values()].sort(before);
  drawCounts();
  return answer;
}

async function act(path, body, done) {
  const answer = await send(path, body);
  if (answer?.ok) notice(done);
  else if (answer) noticeOf(answer.problem);
  $("search").focus();
}

function ask(name, dialog, submit) {
  const form = dialog.querySelector("form");
  const problem = dialog.querySelector(".problem");
  problem.textContent = "";
  form.onsubmit = async (event) => {
    event.preventDefault();
    const [path, body, done] = submit();
    const answer = await send(path, body);
    if (!answer) return;
    if (answer.ok) {
      dialog.close();
      notice(done);
    } else if (answer.problem.row && !answer.problem.row.acts.includes(name)) {
      dialog.close();
      noticeOf(answer.problem);
    } else problem.textContent = `${answer.problem.text}（${answer.problem.code}）`;
  };
  dialog.showModal();
}

function askFee(row) {
  const dialog = $("fee-dialog");
  const reasons = session.offices.find((each) => each.office_id === row.office)?.exemptions ?? [];
  $("fee-title").textContent = `${row.number}番 手数料の収納`;
  $("fee-sum").textContent = yen(row.total_yen);
  $("exempt-choice").hidden = reasons.length === 0;
  $("exemption").replaceChildren(...reasons.map((text) => make("option", { value: text, textContent: text })));
  dialog.querySelector("[value=cash]").checked = true;
  $("exempt-reason").hidden = true;
  ask("take_fee", dialog, () => {
    const method = dialog.querySelector("[name=method]:checked").value;
    return ["/api/fee", { method, exemption: method === "exempt" ? $("exemption").value : null }, `${row.number}番の手数料を収納しました（${SETTLED[method]}）。`];
  });
  dialog.querySelector("[value=cash]").focus();
}

const handed = (row) => ["/api/hand-over", { office: row.office, slip, sheets: scanned.map((each) => each.text) }, `${row.number}番を交付しました。`];

function drawChecks(row) {
  const papers = scanned.filter((each) => each.sheet.letter).map((each) => [PAPERS[each.sheet.letter], true]);
  const certificates = toHand(row).map((sheet, index) => [`証明書 ${index + 1}　${sheet.serial}`, isScanned(sheet)]);
  $("checks").replaceChildren(...[["受付票", slip !== null], ...certificates, ...papers].map(([text, done]) =>
    make("li", { class: done ? "done" : "" }, make("span", { textContent: text }), make("span", { textContent: done ? "✓ 確認済" : "未確認" }))));
  const mixed = rows.get(row.request_id).attention === "mixed_up"; // then looking is not enough
  $("hand-submit").firstChild.data = slip === null || (mixed && !complete(row)) ? "確認する" : complete(row) ? "交付する" : "目視で確認して交付";
}

// Gives the problem, or null when what was read is the chosen number's.
async function readFor(row, text) {
  if (!isSlip(text) && !/^[0-9a-z]{4}$/i.test(text)) return checkSheet(text);
  const presented = isSlip(text) ? text : `${row.number} ${text}`;
  const answer = await post("/api/find", { office: row.office, slip: presented });
  if (!answer.ok) return answer.problem;
  if (answer.value.request_id !== row.request_id) return OTHER_NUMBER;
  slip = presented;
  drawDetail();
  return null;
}
const OTHER_NUMBER = { code: "STAFF-04", text: "この受付票は、表示中の番号のものではありません。" };

function askSlip(row) {
  if (complete(row)) {
    act(...handed(row));
    return;
  }
  const dialog = $("hand-dialog");
  const problem = dialog.querySelector(".problem");
  $("hand-title").textContent = `${row.number}番 交付`;
  $("slip").value = "";
  ask("hand_over", dialog, () => handed(row));
  const submit = dialog.querySelector("form").onsubmit;
  // A scanner that ends with two line ends must not be taken for the clerk's own Enter.
  let settling = null;
  const settle = () => {
    clearTimeout(settling);
    delete $("hand-submit").dataset.settled;
    settling = setTimeout(() => { $("hand-submit").dataset.settled = ""; }, SCAN_ENDS_MS);
  };
  const read = async (event, text) => {
    if (text) {
      settle();
      const found = await readFor(row, text);
      problem.textContent = found ? `${found.text}（${found.code}）` : "";
      dialog.classList.toggle("wrong", found !== null);
      drawChecks(row);
      if (!found && complete(row)) await submit(event);
    } else if (!("settled" in $("hand-submit").dataset)) return;
    else if (slip !== null) await submit(event);
    else problem.textContent = "受付票をまだ確認していません。";
  };
  dialog.querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    const text = folded($("slip").value);
    $("slip").value = "";
    $("slip").focus();
    finding = finding.then(() => read(event, text));
  };
  dialog.classList.remove("wrong");
  drawChecks(row);
  settle();
  $("slip").focus();
}

function choices(box, name, entries, type) {
  const legend = box.querySelector("legend");
  box.replaceChildren(legend, ...entries.map(([value, text], index) =>
    make("label", { class: "choice" }, make("input", { type, name, value, checked: type === "checkbox" ? entries.length === 1 : index === 0 }), text)));
}

function askCancel(row) {
  $("cancel-title").textContent = `${row.number}番 取消`;
  choices($("cancel-reasons"), "reason", Object.entries(session.labels.cancel), "radio");
  ask("cancel", $("cancel-dialog"), () => ["/api/cancel", { reason: $("cancel-dialog").querySelector(":checked").value }, `${row.number}番を取り消しました。`]);
}

function askSpoil(row) {
  const good = row.sheets.filter((sheet) => sheet.state !== "spoiled");
  $("spoil-title").textContent = `${row.number}番 廃棄と再印刷`;
  choices($("spoil-sheets"), "serial", good.map((sheet) => [sheet.serial, `${sheet.serial}（${sheet.pages}枚）`]), "checkbox");
  ask("spoil", $("spoil-dialog"), () => {
    const serials = [...$("spoil-sheets").querySelectorAll(":checked")].map((each) => each.value);
    return ["/api/spoil", { serials, reason: $("spoil-reason").value }, `${row.number}番の用紙を廃棄しました。再印刷できます。`];
  });
}

// search, keys

async function find(text) {
  const sheet = !isNumber(text) && !isSlip(text);
  const row = rows.get(chosen);
  if (sheet && slip !== null && row && !FINAL.includes(row.state)) {
    // A slip was presented: this sheet is to go with it.
    const problem = await checkSheet(text);
    if (problem) noticeOf(problem);
    else notice(`${row.number}番の用紙です。`);
    return;
  }
  const answer = await post("/api/find", { office: $("office").value, slip: text });
  if (!answer.ok) {
    choose(null);
    noticeOf(answer.problem);
    return;
  }
  put(answer.value, false);
  notice(`${answer.value.number}番を表示しています。`);
  choose(answer.value.request_id, isSlip(text) ? text : null);
  if (sheet) await checkSheet(text);
}

function step(by) {
  const lines = [...$("rows").children];
  const at = lines.findIndex((each) => each.dataset.id === chosen);
  const next = lines[at < 0 ? (by > 0 ? 0 : lines.length - 1) : Math.min(Math.max(at + by, 0), lines.length - 1)];
  if (next) choose(next.dataset.id);
}

function pressed(name) {
  const row = rows.get(chosen);
  if (!row) notice("先に番号を選んでください。", "bad");
  else if (!row.acts.includes(name)) notice(`${row.number}番は「${session.labels.states[row.state]}」のため、この操作はできません。`, "bad");
  else ACTS[name][2](row);
}

function onKey(event) {
  if (document.querySelector("dialog[open]")) {
    const pick = { 1: "cash", 2: "cashless", 3: "exempt" }[event.key];
    if (pick && $("fee-dialog").open && !(pick === "exempt" && $("exempt-choice").hidden)) {
      const choice = $("fee-dialog").querySelector(`[value=${pick}]`);
      choice.focus();
      choice.click();
    }
    return;
  }
  const name = event.key === "F9" && event.shiftKey ? "cancel" : KEYS[event.key];
  if (name) {
    event.preventDefault();
    // A key right after a scan means the scanned number, never the one before it.
    finding.then(() => pressed(name));
  } else if (event.key === "F1") {
    event.preventDefault();
    $("help-dialog").showModal();
  } else if (event.key === "Escape") {
    $("search").value = "";
    choose(null);
    $("search").focus();
  } else if (["ArrowUp", "ArrowDown"].includes(event.key) && event.target === $("search")) {
    event.preventDefault();
    step(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey && !["INPUT", "SELECT"].includes(event.target.tagName)) {
    $("search").focus(); // a scanner types wherever the focus is
  }
}

// live

function setLive(on) {
  $("live").className = on ? "" : "off";
  $("live").textContent = on ? "接続中" : "再接続しています";
}

async function load() {
  const answer = await get("/api/list");
  if (!answer.ok) {
    noticeOf(answer.problem);
    return;
  }
  rows.clear();
  for (const row of answer.value.rows) rows.set(row.request_id, row);
  ({ day, terminals } = answer.value);
  drawList();
  drawDetail();
  drawAlerts();
  countSheets();
}

let counting = null;
function countSheets() {
  clearTimeout(counting);
  counting = setTimeout(async () => {
    const answer = await get(`/api/totals/${day}/${$("office").value || "all"}`);
    if (!answer.ok) return;
    $("used").textContent = answer.value.totals.sheets_used;
    $("spoilt").textContent = answer.value.totals.sheets_spoilt;
  }, 700);
}

function listen() {
  const events = new EventSource("/live/console");
  const heard = () => {
    heardAt = Date.now();
    setLive(true);
  };
  events.addEventListener("hello", () => {
    heard();
    load();
  });
  events.addEventListener("out", () => location.assign("/"));
  events.addEventListener("rows", (event) => {
    heard();
    const told = JSON.parse(event.data);
    if (told.day !== day) {
      load();
      return;
    }
    terminals = told.terminals;
    for (const row of told.rows) if (rows.has(row.request_id) || dayOf(row.requested_at) === day) put(row, true);
    if (told.rows.length) {
      order = [...rows.values()].sort(before);
      drawCounts();
      countSheets();
    }
    drawAlerts();
    document.documentElement.dataset.change = told.change;
  });
  events.onerror = () => {
    setLive(false);
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  };
  const watch = setInterval(() => {
    if (Date.now() - heardAt < SILENCE_MS) return;
    setLive(false);
    clearInterval(watch);
    events.close();
    heardAt = Date.now();
    listen();
  }, 5000);
}

async function start() {
  session = await signedIn();
  for (const name of Object.keys(FILTERS)) {
    const button = make("button", { type: "button" });
    button.dataset.filter = name;
    button.addEventListener("click", () => {
      filter = name;
      drawList();
      $("search").focus();
    });
    $("filters").append(button);
  }
  for (const [value, text] of Object.entries(session.labels.spoil)) $("spoil-reason").append(make("option", { value, textContent: text }));
  const point = () => {
    const office = $("office").value || session.offices[0]?.office_id;
    if (office) $("display").href = session.displays[office];
    else $("display").hidden = true;
  };
  point();
  $("office").addEventListener("change", () => {
    point();
    drawList();
    drawAlerts();
    countSheets();
    $("search").focus();
  });
  $("rows").addEventListener("click", (event) => {
    const tr = event.target.closest("tr");
    if (tr) choose(tr.dataset.id);
    $("search").focus();
  });
  $("find").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = folded($("search").value);
    $("search").value = "";
    if (text) finding = finding.then(() => find(text)); // one scan after the other, however fast they come
  });
  for (const each of document.querySelectorAll("[name=method]"))
    each.addEventListener("change", () => { $("exempt-reason").hidden = !$("fee-dialog").querySelector("[value=exempt]").checked; });
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("close", () => $("search").focus());
    dialog.querySelector(".close").addEventListener("click", () => dialog.close());
  }
  $("help").addEventListener("click", () => $("help-dialog").showModal());
  document.addEventListener("keydown", onKey);
  $("search").focus();
  listen();
}

start();
