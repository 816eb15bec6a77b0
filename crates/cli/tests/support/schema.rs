//! Judges JSON Lines by the schemas in `docs/json`.

use std::path::Path;

use serde_json::Value;

/// A schema of `docs/json`.
pub struct Schema {
    validator: jsonschema::Validator,
}

impl Schema {
    /// The schema for the verb `name`.
    pub fn of(name: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let text = std::fs::read_to_string(root.join("docs/json").join(format!("{name}.json")));
        let schema: Value = serde_json::from_str(&text.expect("the schema")).expect("JSON");
        let draft = schema.get("$schema").and_then(Value::as_str).expect("a draft");
        assert_eq!(draft, "https://json-schema.org/draft/2020-12/schema");
        jsonschema::meta::validate(&schema).expect("a valid schema");
        Schema { validator: jsonschema::validator_for(&schema).expect("a schema") }
    }

    /// The lines as values, if each is valid and the last one, and no other, is `end`.
    pub fn check(&self, lines: &str) -> Vec<Value> {
        assert!(lines.ends_with('\n'), "the last line is not ended");
        let values: Vec<Value> = lines.lines().map(|line| self.check_line(line)).collect();
        let ends: Vec<usize> = (0..values.len()).filter(|&i| values[i]["type"] == "end").collect();
        assert_eq!(ends, [values.len() - 1], "where `end` is");
        values
    }

    fn check_line(&self, line: &str) -> Value {
        let value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        if let Err(error) = self.validator.validate(&value) {
            panic!("{error}, at {}: {line}", error.instance_path());
        }
        value
    }
}
