// Words of scripts, in the page's language, from the catalogue js.toml.
const all = JSON.parse(document.querySelector("meta[name=amends-words]")?.content || "{}");

export function say(key, facts = {}) {
  return (all[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
}
