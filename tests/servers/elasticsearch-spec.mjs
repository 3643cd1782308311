// Holds what the tests of Elasticsearch sent and got, by CROSS_ENCODERS_WIRE, against the published OpenAPI description: each field must be
// one that it knows, with a value that it allows. See elasticsearch-spec.sh.
//   node elasticsearch-spec.mjs OPENAPI.json wire.jsonl
import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2019.js";

const [description, wire] = process.argv.slice(2);
const api = JSON.parse(readFileSync(description));
const name = (reference, closed) => reference.replace("#/components", "http://api") + (closed ? "" : "/open");

// Objects take no fields that are not named; those that others extend are closed where they are extended.
function strict(node, closed = true) {
    if (Array.isArray(node)) return node.map((one) => strict(one));
    if (node === null || typeof node !== "object") return node;
    if (node.$ref) return { $ref: name(node.$ref, closed) };
    const made = {};
    for (const [key, value] of Object.entries(node)) {
        if (["description", "example", "examples", "discriminator", "externalDocs", "deprecated", "default"].includes(key)) continue;
        if (key.startsWith("x-")) continue;
        if (key === "oneOf") made.anyOf = value.map((one) => strict(one)); // strings that are two kinds of string
        else if (key === "properties") made[key] = Object.fromEntries(Object.entries(value).map(([field, type]) => [field, strict(type)]));
        else if (key === "allOf" && value.length > 1) made[key] = value.map((one) => strict(one, false));
        else if (key === "allOf") made[key] = value.map((one) => strict(one, closed));
        else if (key === "enum" || key === "required") made[key] = value;
        else made[key] = strict(value);
    }
    if (made.nullable) return { anyOf: [{ type: "null" }, { ...made, nullable: undefined }] };
    if (Object.keys(made).length === 1 && made.type === "object") return {}; // what the description has for "anything"
    const isObject = made.properties || (made.allOf && made.allOf.length > 1);
    if (closed && isObject && made.additionalProperties === undefined) made.unevaluatedProperties = false;
    return made;
}

// Sorting by a field is missing from the description: its fields are those of the index.
api.components.schemas["_types.SortOptions"].additionalProperties = { $ref: "#/components/schemas/_types.SortOrder" };

const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: false, inlineRefs: false });
for (const kind of ["schemas", "responses", "requestBodies"])
    for (const [key, schema] of Object.entries(api.components[kind] ?? {})) {
        const json = Object.values(schema.content ?? {})[0];
        const type = kind === "schemas" ? schema : json?.schema;
        if (!type) continue;
        for (const closed of [true, false]) ajv.addSchema({ ...strict(type, closed), $id: name(`#/components/${kind}/${key}`, closed) });
    }
const checks = new Map();
function check(type) {
    const key = JSON.stringify(type);
    if (!checks.has(key)) checks.set(key, ajv.compile(strict(type)));
    return checks.get(key);
}
const schemaOf = (holder) => (holder?.$ref ? { $ref: holder.$ref } : Object.values(holder?.content ?? {})[0]?.schema);

const problems = new Map();
const counts = new Map();
function validate(what, type, value) {
    counts.set(what, (counts.get(what) ?? 0) + 1);
    const valid = check(type);
    if (valid(value)) return;
    const error = valid.errors.at(-1);
    const text = `${what}: ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`.replace(/\/\d+/g, "/N");
    if (!problems.has(text)) problems.set(text, JSON.stringify(value).slice(0, 400));
}

const lineOf = { _bulk: ["_global.bulk.OperationContainer", null], _msearch: ["_global.msearch.MultisearchHeader", "_global.search._types.SearchRequestBody"] };
for (const line of readFileSync(wire, "utf8").trimEnd().split("\n")) {
    const { request, body, status, answer, opensearch } = JSON.parse(line);
    if (opensearch) continue; // another server's
    const [method, path] = request.split(" ");
    const parts = path.split("/");
    const template =
        path === "" ? "/"
        : parts[0] === "_alias" ? "/_alias/{name}"
        : path.startsWith("_") ? `/${path}`
        : parts.length === 1 ? "/{index}" : `/{index}/${parts[1]}`;
    const call = api.paths[template]?.[method.toLowerCase()];
    const what = `${method} ${template}`;
    if (!call) {
        problems.set(`${what}: no such call`, "");
        continue;
    }
    const kinds = lineOf[parts[1]];
    if (kinds)
        body.trimEnd().split("\n").forEach((text, i) => {
            const kind = kinds[i % 2];
            if (kind) validate(`${what}, line ${i % 2 ? "of a search" : "before it"}`, { $ref: `#/components/schemas/${kind}` }, JSON.parse(text));
        });
    else if (body) validate(`${what}, body`, schemaOf(call.requestBody) ?? false, JSON.parse(body));
    const response = status < 300 ? schemaOf(call.responses["200"]) : { $ref: "#/components/schemas/_types.ErrorResponseBase" };
    validate(`${what}, ${status < 300 ? "answer" : "error"}`, response, JSON.parse(answer));
}

for (const [what, count] of counts) console.log(`${what}: ${count}`);
for (const [text, value] of problems) console.log(`WRONG ${text}\n    ${value}`);
process.exit(problems.size ? 1 : 0);
