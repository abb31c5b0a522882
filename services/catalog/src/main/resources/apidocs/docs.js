// Shows the OpenAPI document. Text goes in as text, never as markup.
const METHODS = ["get", "post", "put", "delete"];

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function follow(api, thing) {
  if (!thing || !thing.$ref) return thing;
  const found = thing.$ref.slice(2).split("/").reduce((at, key) => at[key.replaceAll("~1", "/").replaceAll("~0", "~")], api);
  return follow(api, found);
}

function typeOf(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.oneOf) return schema.oneOf.map(typeOf).join(" | ");
  if (schema.allOf) return schema.allOf.map(typeOf).join(" & ");
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : schema.type ?? "any";
  return type === "array" ? `array of ${typeOf(schema.items)}` : type;
}

function table(head, rows) {
  return make("table", {},
    make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", {}, cell))))));
}

function fields(api, schema) {
  const object = follow(api, schema);
  if (!object?.properties) return make("p", {}, make("code", {}, typeOf(schema)));
  const required = new Set(object.required ?? []);
  return table(["Field", "Type", ""], Object.entries(object.properties).map(([name, property]) => [
    make("code", {}, name + (required.has(name) ? "" : "?")), make("code", {}, typeOf(property)), property.description ?? "",
  ]));
}

function example(value) {
  return value === undefined ? null : make("pre", {}, JSON.stringify(value, null, 2));
}

function body(api, content, title) {
  if (!content) return null;
  const [[type, media]] = Object.entries(content);
  return make("section", {}, make("h4", {}, `${title}: ${type}`), fields(api, media.schema), example(media.example));
}

function operation(api, path, method, item, op) {
  const parameters = [...(item.parameters ?? []), ...(op.parameters ?? [])].map((each) => follow(api, each));
  const responses = Object.entries(op.responses).map(([status, each]) => [status, follow(api, each)]);
  return make("details", { id: op.operationId },
    make("summary", {}, make("span", { class: "method" }, method.toUpperCase()), make("h3", {}, make("code", {}, api.servers[0].url + path)),
      " ", make("span", { class: "quiet" }, op.summary ?? "")),
    op.description ? make("p", { class: "description" }, op.description) : null,
    make("p", { class: "quiet" }, `Role: ${op["x-role"]}`),
    parameters.length ? table(["Parameter", "In", "Type", ""], parameters.map((each) => [
      make("code", {}, each.name + (each.required ? "" : "?")), each.in, make("code", {}, typeOf(each.schema)), each.description ?? ""])) : null,
    body(api, op.requestBody?.content, "Request"),
    ...responses.map(([status, each]) => make("section", {},
      make("p", {}, make("strong", {}, status), " ", make("span", { class: "description" }, each.description ?? "")),
      status === "default" ? null : body(api, each.content, "Answer"))));
}

function show(api) {
  const main = document.getElementById("document");
  const contents = make("ul");
  main.replaceChildren(make("p", { class: "description" }, api.info.description));
  for (const tag of api.tags) {
    const section = make("section", {}, make("h2", {}, tag.name), make("p", {}, tag.description));
    for (const [path, item] of Object.entries(api.paths)) {
      for (const method of METHODS.filter((each) => item[each]?.tags?.includes(tag.name))) {
        const op = item[method];
        section.append(operation(api, path, method, item, op));
        contents.append(make("li", {}, make("a", { href: `#${op.operationId}` }, `${method.toUpperCase()} ${path}`)));
      }
    }
    main.append(section);
  }
  const schemas = make("section", {}, make("h2", {}, "Schemas"));
  for (const [name, schema] of Object.entries(api.components.schemas)) {
    schemas.append(make("details", { id: `schema-${name}` }, make("summary", {}, make("code", {}, name)),
      schema.description ? make("p", { class: "description" }, schema.description) : null, fields(api, schema)));
  }
  main.append(schemas);
  document.getElementById("contents").replaceChildren(contents);
  open();
}

function open() {
  const chosen = location.hash && document.getElementById(location.hash.slice(1));
  if (chosen) {
    chosen.open = true;
    chosen.scrollIntoView();
  }
}

window.addEventListener("hashchange", open);
fetch("/api/v1/openapi.json")
  .then((response) => (response.ok ? response.json() : Promise.reject(new Error(`status ${response.status}`))))
  .then(show)
  .catch((failure) => document.getElementById("document").replaceChildren(make("p", { role: "alert" }, `The contract can't be read: ${failure.message}.`)));
