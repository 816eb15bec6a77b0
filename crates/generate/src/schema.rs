//! What a configuration may say, as JSON Schema, for editors.

use serde_json::{Map, Value, json};

use crate::extensions::LEVELS_LEFT_OUT;
use crate::shape::json_schema;
use crate::v3;

/// The objects that may include files, which may hold what the object itself needs.
const INCLUDING: [&str; 5] =
    ["trace", "trace type", "clock type", "data stream type", "event record type"];

/// What field types there are names for.
const ALIASED: [&str; 12] = [
    "integer",
    "enumeration",
    "real",
    "string",
    "static array",
    "dynamic array",
    "structure",
    "boolean",
    "static blob",
    "dynamic blob",
    "optional",
    "variant",
];

/// The schema of configurations of version 3 as they are written (draft 2020-12): with files that
/// they include, aliases and inheritance. What is in included files it cannot know; so it lets
/// properties be missing where they may come from there.
pub fn of_version_3() -> Value {
    let mut schema = json_schema(&v3::CONFIGURATION, "A configuration of version 3");
    loosen_choices(&mut schema);
    let Some(definitions) = schema.get_mut("$defs").and_then(Value::as_object_mut) else {
        return schema;
    };
    for (name, definition) in definitions.iter_mut() {
        let Some(definition) = definition.as_object_mut() else { continue };
        if INCLUDING.contains(&name.as_str()) {
            let paths = json!({"type": "array", "items": {"type": "string"}, "minItems": 1});
            let about = "files that it is made of; its own properties go over them";
            let include = json!({"description": about, "anyOf": [{"type": "string"}, paths]});
            add_property(definition, "$include", include);
            definition.remove("required");
            definition.remove("oneOf");
        }
        if name.ends_with("field type") {
            let about = "the alias of a field type that it is made of";
            let inherit = json!({"description": about, "type": "string"});
            add_property(definition, "$inherit", inherit);
            let own = definition.remove("required").unwrap_or_else(|| json!([]));
            let either = json!([{"required": own}, {"required": ["$inherit"]}]);
            definition.insert("anyOf".to_owned(), either);
        }
    }
    add_aliases(definitions);
    schema
}

fn add_property(definition: &mut Map<String, Value>, name: &str, schema: Value) {
    let properties = definition.entry("properties").or_insert_with(|| json!({}));
    if let Some(properties) = properties.as_object_mut() {
        properties.insert(name.to_owned(), schema);
    }
}

fn add_aliases(definitions: &mut Map<String, Value>) {
    if let Some(of_trace) = definitions.get_mut("trace type").and_then(Value::as_object_mut) {
        let fields = ALIASED.iter().map(
            |kind| json!({"$ref": format!("#/$defs/{}%20field%20type", kind.replace(' ', "%20"))}),
        );
        let mut fields: Vec<Value> = fields.collect();
        fields.push(json!({"type": "string"}));
        let aliases = json!({
            "description": "names for field types",
            "type": ["object", "null"],
            "additionalProperties": {"anyOf": fields},
        });
        add_property(of_trace, "$field-type-aliases", aliases);
        let levels = json!({
            "description": "names for log levels",
            "type": ["object", "null"],
            "additionalProperties": {"type": ["integer", "null"], "minimum": 0},
        });
        add_property(of_trace, "$log-level-aliases", levels);
    }
    for (object, property) in [("event record type", "log-level"), LEVELS_LEFT_OUT] {
        let level = definitions.get_mut(object).and_then(|object| {
            object.pointer_mut(&format!("/properties/{property}/anyOf"))?.as_array_mut()
        });
        if let Some(level) = level {
            level.push(json!({"type": "string", "description": "the alias of a log level"}));
        }
    }
}

/// Lets the name of an alias stand wherever a field type does.
fn loosen_choices(schema: &mut Value) {
    let alias = || json!({"type": "string", "description": "the alias of a field type"});
    match schema {
        Value::Array(items) => items.iter_mut().for_each(loosen_choices),
        Value::Object(map) => {
            if let Some(choices) = map.get_mut("anyOf").and_then(Value::as_array_mut)
                && choices.iter().any(is_class)
            {
                choices.push(alias());
            }
            let is_member = |value: &Value| {
                value.get("$ref").and_then(Value::as_str).is_some_and(|to| to.ends_with("member"))
            };
            if let Some(values) = map.get_mut("additionalProperties").filter(|v| is_member(v)) {
                *values = json!({"anyOf": [values.take(), alias()]});
            }
            map.values_mut().for_each(loosen_choices);
        }
        _ => {}
    }
}

/// Whether this describes the field types of one class.
fn is_class(choice: &Value) -> bool {
    choice.pointer("/allOf/0/properties/class").is_some()
}
