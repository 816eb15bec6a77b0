//! The tables as JSON Schema (draft 2020-12), for editors.

use serde_json::{Map, Value, json};

use super::{Class, Object, Others, Shape, Text};

/// What is said of the whole.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of what has this shape.
pub fn json_schema(shape: &'static Shape, title: &str) -> Value {
    let mut writer = Writer { definitions: Map::new() };
    let mut schema = json!({"$schema": DIALECT, "title": title});
    let body = writer.shape(shape);
    if let (Some(schema), Value::Object(body)) = (schema.as_object_mut(), body) {
        schema.extend(body);
        schema.insert("$defs".to_owned(), Value::Object(writer.definitions));
    }
    schema
}

/// Objects are defined once, since field types hold field types.
struct Writer {
    definitions: Map<String, Value>,
}

impl Writer {
    fn shape(&mut self, shape: &'static Shape) -> Value {
        match shape {
            Shape::Any => json!({}),
            Shape::Null => json!({"type": "null"}),
            Shape::Bool => json!({"type": "boolean"}),
            Shape::True => json!({"const": true}),
            Shape::Numbers(numbers) => {
                let numbers: Vec<_> = numbers.iter().map(|&number| number as i64).collect();
                json!({"enum": numbers})
            }
            Shape::Integer { min, max } => integer(*min, *max),
            Shape::PowerOfTwo => {
                json!({"enum": (0..32).map(|bit| 1_u64 << bit).collect::<Vec<_>>()})
            }
            Shape::Text(rule) => text(*rule),
            Shape::Words(words) => json!({"enum": words}),
            Shape::List { of, min, max } => {
                let mut list = json!({"type": "array", "items": self.shape(of)});
                bound(&mut list, "Items", *min, *max);
                list
            }
            Shape::Names { key, of, min, max, .. } => {
                let names = text(*key);
                let values = self.shape(of);
                let mut map = json!({
                    "type": "object",
                    "propertyNames": names,
                    "additionalProperties": values,
                });
                bound(&mut map, "Properties", *min, *max);
                map
            }
            Shape::Object(object) => self.reference(object),
            Shape::Either(shapes) => {
                let of: Vec<_> = shapes.iter().map(|shape| self.shape(shape)).collect();
                json!({"anyOf": of})
            }
            Shape::Class(classes) => self.classes(classes),
        }
    }

    fn reference(&mut self, object: &'static Object) -> Value {
        if !self.definitions.contains_key(object.what) {
            // In it first, since an object may hold its like.
            self.definitions.insert(object.what.to_owned(), Value::Null);
            let body = self.object(object);
            self.definitions.insert(object.what.to_owned(), body);
        }
        json!({"$ref": format!("#/$defs/{}", object.what.replace(' ', "%20"))})
    }

    fn object(&mut self, object: &'static Object) -> Value {
        let mut properties = Map::new();
        for property in object.properties {
            let mut schema = self.shape(property.shape);
            if let Some(schema) = schema.as_object_mut() {
                schema.insert("description".to_owned(), json!(property.about));
            }
            properties.insert(property.name.to_owned(), schema);
        }
        let needed = object.properties.iter().filter(|property| property.is_required);
        let needed: Vec<_> = needed.map(|property| property.name).collect();
        let is_open = object.others == Others::Ignored;
        let mut schema = json!({
            "type": "object",
            "properties": properties,
            "required": needed,
            "additionalProperties": is_open,
        });
        if let (Some(schema), false) = (schema.as_object_mut(), object.one_of.is_empty()) {
            let one_of: Vec<_> =
                object.one_of.iter().map(|name| json!({"required": [name]})).collect();
            schema.insert("oneOf".to_owned(), json!(one_of));
        }
        schema
    }

    fn classes(&mut self, classes: &'static [Class]) -> Value {
        let of: Vec<_> = classes
            .iter()
            .map(|class| {
                let named = json!({"properties": {"class": {"enum": class.names}}});
                json!({"allOf": [named, self.reference(class.object)]})
            })
            .collect();
        json!({"anyOf": of})
    }
}

fn integer(min: i128, max: i128) -> Value {
    let mut schema = Map::from_iter([("type".to_owned(), json!("integer"))]);
    if let Ok(min) = i64::try_from(min) {
        schema.insert("minimum".to_owned(), json!(min));
    }
    if let Ok(max) = u64::try_from(max) {
        schema.insert("maximum".to_owned(), json!(max));
    }
    Value::Object(schema)
}

fn text(rule: Text) -> Value {
    const UUID: &str = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    match rule {
        Text::Any => json!({"type": "string"}),
        Text::Name | Text::Member => {
            json!({"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"})
        }
        Text::Uuid => json!({"type": "string", "pattern": format!("^{UUID}$")}),
        Text::UuidOrAuto => json!({"type": "string", "pattern": format!("^({UUID}|auto)$")}),
        Text::OldName | Text::OldMember => {
            json!({"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]*$"})
        }
        Text::OldUuid | Text::OldUuidOrAuto => json!({"type": "string"}),
    }
}

fn bound(schema: &mut Value, of: &str, min: usize, max: usize) {
    let Some(schema) = schema.as_object_mut() else { return };
    if min > 0 {
        schema.insert(format!("min{of}"), json!(min));
    }
    if max < usize::MAX {
        schema.insert(format!("max{of}"), json!(max));
    }
}
