//! Names of fields: each once in its event.

use std::collections::BTreeSet;

use super::Field;
use crate::rust::scope_prefix;

/// Gives all fields of an event their names: the names on the way to them, with `_` between them.
/// In front of those that several structures have stands which it is (`cc_`, `sc_`, `p_`), as it
/// does for parameters in C; and behind what is given already stands `_`.
pub fn give(fields: &mut [Field<'_>]) {
    let plain: Vec<_> = fields.iter().map(|field| field.path.join("_")).collect();
    let mut given = BTreeSet::new();
    for (at, name) in plain.iter().enumerate() {
        let Some(scope) = fields.get(at).map(|field| field.scope) else { continue };
        let is_elsewhere =
            |(other, own): (&Field<'_>, &String)| own == name && other.scope != scope;
        let is_clear = !fields.iter().zip(&plain).any(is_elsewhere);
        let prefix = if is_clear { "" } else { scope_prefix(scope) };
        let mut own = format!("{prefix}{name}");
        while !given.insert(own.clone()) {
            own.push('_');
        }
        if let Some(field) = fields.get_mut(at) {
            field.name = own;
        }
    }
}

#[cfg(test)]
mod tests {
    use marey_ctf::schema::{FieldClass, Scope, Str};

    use super::super::{Field, Type};
    use super::give;

    #[test]
    fn each_name_is_given_once() {
        let class = FieldClass::Str(Str::default());
        let (cc, sc) = (Scope::EventCommonContext, Scope::EventSpecificContext);
        let p = Scope::EventPayload;
        let places: [(Scope, &[&str]); 8] = [
            (cc, &["id"]),
            (cc, &["only"]),
            (sc, &["id"]),
            (p, &["a", "b"]),
            (p, &["a_b"]),
            (p, &["a_b_"]),
            (p, &["p_id"]),
            (p, &["id"]),
        ];
        let field = |(scope, path): (Scope, &[&'static str])| {
            let (name, path) = (String::new(), path.to_vec());
            Field { name, scope, path, class: &class, of: Type::Text }
        };
        let mut fields: Vec<_> = places.into_iter().map(field).collect();
        give(&mut fields);
        let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["cc_id", "only", "sc_id", "a_b", "a_b_", "a_b__", "p_id", "p_id_"]);
    }
}
