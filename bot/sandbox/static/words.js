// What the page itself says. Names, roles and notes of the people come from the server as they are.

const WORDS = {
  zh: {
    product: "平安哨",
    skip: "跳到输入框",
    where: "演示沙盒:点一个人,就拿起了那个人的手机。数据只留在这台电脑。",
    people: "拿起谁的手机",
    phone: "手机",
    log: "对话",
    holder: "{name}的手机 · {role}",
    empty: "您正拿着{name}的手机",
    tryThis: "点一条试试:",
    offline: "连不上沙盒,正在重试…",
    latest: "到最新一条",
    commands: "命令",
    noCommands: "这个人还没有命令,可以先发 /start。",
    write: "写消息",
    keys: "快捷按钮",
    attach: "照片或文件",
    detach: "不发这个文件",
    place: "位置",
    placeNote: "发送这个位置(演示用,可改):",
    latitude: "纬度",
    longitude: "经度",
    sendPlace: "发送位置",
    send: "发送",
    clock: "时钟",
    moment: "拨到",
    go: "前往",
    reset: "回到真实时间",
    clockNote: "拨快以后,到期的提醒会马上发到相关人的手机上。",
    real: "与真实时间一致",
    ahead: "比真实时间快{span}",
    behind: "比真实时间慢{span}",
    days: "{n}天",
    hours: "{n}小时",
    minutes: "{n}分钟",
    moving: "正在拨钟…",
    hour: "+1小时",
    day: "+1天",
    week: "+1周",
    next: "下一个{date}",
    backwards: "时钟只能往后拨。要回来,请按“回到真实时间”。",
    tooFar: "最多拨到5年以后。",
    ok: "知道了",
    cancel: "取消",
    openAs: "用谁的手机打开这个邀请?",
    edited: "已编辑",
    photo: "照片",
    location: "位置",
    buttons: "按钮",
    unread: "{n}条未读",
    failed: "没发出去,请再试一次。文字还在。",
    pressFailed: "没按成,请再按一次。",
    tooLarge: "文件超过20 MB,发不了。",
    gone: "这个按钮已经不在了。",
    moved: "时钟已拨到{time}",
    other: "English",
  },
  en: {
    product: "WardWatch",
    skip: "Skip to the text box",
    where: "Demo sandbox: pick a person and you hold their phone. Nothing leaves this computer.",
    people: "Whose phone",
    phone: "Phone",
    log: "Conversation",
    holder: "{name}'s phone · {role}",
    empty: "You are holding {name}'s phone",
    tryThis: "Try one of these:",
    offline: "The sandbox does not answer. Trying again…",
    latest: "Jump to the latest",
    commands: "Commands",
    noCommands: "No commands for this person yet. Start with /start.",
    write: "Message",
    keys: "Quick buttons",
    attach: "Photo or file",
    detach: "Remove this file",
    place: "Location",
    placeNote: "Send this location (made up, change it freely):",
    latitude: "Latitude",
    longitude: "Longitude",
    sendPlace: "Send location",
    send: "Send",
    clock: "Clock",
    moment: "Move to",
    go: "Go",
    reset: "Back to the real time",
    clockNote: "When the clock moves, every reminder that falls due is sent at once.",
    real: "Same as the real time",
    ahead: "{span} ahead of the real time",
    behind: "{span} behind the real time",
    days: "{n} d",
    hours: "{n} h",
    minutes: "{n} min",
    moving: "Moving the clock…",
    hour: "+1 hour",
    day: "+1 day",
    week: "+1 week",
    next: "Next {date}",
    backwards: "The clock only moves forward. Use “Back to the real time” to return.",
    tooFar: "Five years ahead is as far as it goes.",
    ok: "OK",
    cancel: "Cancel",
    openAs: "Open this invite on whose phone?",
    edited: "edited",
    photo: "Photo",
    location: "Location",
    buttons: "Buttons",
    unread: "{n} unread",
    failed: "Not sent, please try again. Your text is still here.",
    pressFailed: "That did not go through, please press again.",
    tooLarge: "Files over 20 MB cannot be sent.",
    gone: "That button is no longer there.",
    moved: "The clock now shows {time}",
    other: "中文",
  },
};

let language = localStorage.getItem("language") === "en" ? "en" : "zh";

export const locale = () => (language === "en" ? "en-GB" : "zh-Hans-CN");

export function word(key, values = {}) {
  return WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function switchLanguage() {
  language = language === "en" ? "zh" : "en";
  localStorage.setItem("language", language);
}

/** Puts the page's words into everything that names one. */
export function wordPage() {
  document.documentElement.lang = language === "en" ? "en" : "zh-Hans";
  for (const node of document.querySelectorAll("[data-word]")) {
    node.textContent = word(node.dataset.word);
  }
  for (const node of document.querySelectorAll("[data-label]")) {
    const text = word(node.dataset.label);
    node.setAttribute("aria-label", text);
    if (node.tagName === "BUTTON") node.title = text;
  }
  for (const node of document.querySelectorAll("[data-hint]")) {
    node.placeholder = word(node.dataset.hint);
  }
}
