// What every page for clerks shares: session, asking the center, small builders. Text is always set as text, never as markup.

export const $ = (id) => document.getElementById(id);

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") element.className = value;
    else if (name.includes("-")) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

export const yen = (amount) => `${amount.toLocaleString("ja-JP")}円`;

const CLOCK = new Intl.DateTimeFormat("ja-JP", { timeZone: "Asia/Tokyo", hour: "numeric", minute: "2-digit", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Tokyo" });
export const clock = (instant) => CLOCK.format(new Date(instant));
export const dayOf = (instant) => DAY.format(new Date(instant));

let session = null;

const OFFLINE = { code: "STAFF-07", text: "センターに接続できません。操作は記録されていない可能性があります。" };

async function asked(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
  } catch {
    return { ok: false, problem: OFFLINE };
  }
  if (response.status === 401) location.assign("/");
  try {
    const value = await response.json();
    return response.ok ? { ok: true, value } : { ok: false, problem: value };
  } catch {
    return { ok: false, problem: OFFLINE };
  }
}

export const get = (path) => asked(path, {});

export const post = (path, body) =>
  asked(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Form-Token": session.form_token },
    body: JSON.stringify(body),
  });

export async function signedIn() {
  const answer = await get("/api/session");
  if (!answer.ok) {
    $("notice").replaceChildren(`${answer.problem.text}（${answer.problem.code}）`);
    $("notice").className = "notice bad";
    throw new Error(answer.problem.code);
  }
  session = answer.value;
  $("municipality").textContent = session.municipality;
  $("clerk").textContent = session.staff_id;
  $("specimen").hidden = !session.specimen;
  const office = $("office");
  if (office) {
    for (const each of session.offices) office.append(make("option", { value: each.office_id, textContent: each.name }));
    if (session.offices.length > 1) office.prepend(make("option", { value: "", textContent: "すべての窓口" }));
    office.selectedIndex = session.offices.length > 1 ? 1 : 0;
  }
  return session;
}

export function notice(text, kind = "good") {
  $("notice").className = `notice ${kind}`;
  $("notice").replaceChildren(text);
}

export const noticeOf = (problem) => notice(`${problem.text}（${problem.code}）`, "bad");
