//! What a command line says over what a configuration says.

use marey_ctf::schema::Uuid;

use crate::configuration::Configuration;
use crate::diagnostic::Diagnostic;
use crate::v3;
use crate::yaml::replaced;
use crate::yaml::{Key, Node, Value};

impl Configuration {
    /// Gives the trace another UUID, or one if it has none.
    pub fn set_uuid(&mut self, uuid: Uuid) {
        let Some(effective) = &self.effective else { return };
        if let Some(changed) = with_uuid(effective, &crate::uuid::text(uuid)) {
            self.definition = v3::build(&changed, &mut self.problems);
            self.effective = Some(changed);
            return;
        }
        // Version 2: the packet header says itself whether it has a UUID.
        let Some(definition) = &mut self.definition else { return };
        match &mut definition.schema.trace.uuid {
            Some(own) => *own = uuid,
            None => {
                let found = Diagnostic::error("the trace has no UUID that could be another")
                    .help("give it one: `uuid: auto`, and a field for it in the packet header");
                self.problems.add(found);
            }
        }
    }

    /// Gives the tracer other names: those of functions and types begin with `identifier`, those of
    /// files with `file`.
    pub fn set_prefixes(&mut self, identifier: &str, file: &str) {
        if let Some(definition) = &mut self.definition {
            identifier.clone_into(&mut definition.code.identifier_prefix);
            file.clone_into(&mut definition.code.file_prefix);
        }
    }
}

/// An effective configuration of version 3 with this UUID; none if it is of version 2.
fn with_uuid(effective: &Node, uuid: &str) -> Option<Node> {
    let span = effective.get("trace")?.get("type")?.span;
    let in_map = |node: &Node, change: &dyn Fn(&mut crate::yaml::Map)| {
        let Value::Map(map) = &node.value else { return node.clone() };
        let mut map = map.clone();
        change(&mut map);
        Node { value: Value::Map(map), ..node.clone() }
    };
    Some(in_map(effective, &|root| {
        *root = replaced(root, "trace", |trace| {
            in_map(trace, &|trace| {
                *trace = replaced(trace, "type", |of_type| {
                    in_map(of_type, &|map| {
                        map.set(Key { text: "uuid".into(), span }, Node::text(uuid, span));
                    })
                });
            })
        });
    }))
}
