//! Where the writer is among the fields, and how other fields are named from there.

use crate::schema::{EventClass, FieldClass, FieldLocation, Schema, Scope, StreamClass, Structure};

/// The outermost structures that a field can refer to, in the order in which they come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Roots<'a> {
    pub(super) packet_header: Option<&'a Structure>,
    pub(super) packet_context: Option<&'a Structure>,
    pub(super) event_header: Option<&'a Structure>,
    pub(super) event_common_context: Option<&'a Structure>,
    pub(super) event_specific_context: Option<&'a Structure>,
    pub(super) event_payload: Option<&'a Structure>,
}

impl<'a> Roots<'a> {
    pub(super) fn of(
        schema: &'a Schema,
        stream: Option<&'a StreamClass>,
        event: Option<&'a EventClass>,
    ) -> Self {
        Roots {
            packet_header: schema.trace.packet_header.as_ref(),
            packet_context: stream.and_then(|stream| stream.packet_context.as_ref()),
            event_header: stream.and_then(|stream| stream.event_header.as_ref()),
            event_common_context: stream.and_then(|stream| stream.event_common_context.as_ref()),
            event_specific_context: event.and_then(|event| event.specific_context.as_ref()),
            event_payload: event.and_then(|event| event.payload.as_ref()),
        }
    }

    pub(super) fn get(&self, scope: Scope) -> Option<&'a Structure> {
        match scope {
            Scope::PacketHeader => self.packet_header,
            Scope::PacketContext => self.packet_context,
            Scope::EventHeader => self.event_header,
            Scope::EventCommonContext => self.event_common_context,
            Scope::EventSpecificContext => self.event_specific_context,
            Scope::EventPayload => self.event_payload,
        }
    }
}

/// The name of an outermost structure in a path (CTF 1.8).
pub(super) fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::PacketHeader => "trace.packet.header",
        Scope::PacketContext => "stream.packet.context",
        Scope::EventHeader => "stream.event.header",
        Scope::EventCommonContext => "stream.event.context",
        Scope::EventSpecificContext => "event.context",
        Scope::EventPayload => "event.fields",
    }
}

/// Where the writer is.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    pub(super) scope: Scope,
    pub(super) roots: Roots<'a>,
    /// The structures around, the outermost first.
    pub(super) open: Vec<&'a Structure>,
}

/// A field that another one refers to.
#[derive(Debug)]
pub(super) struct Target<'a> {
    /// The outermost structure from which `names` go; without one, they go from one around.
    pub(super) origin: Option<Scope>,
    /// The names of members on the way to the field.
    pub(super) names: Vec<&'a str>,
    pub(super) class: &'a FieldClass,
}

impl<'a> Place<'a> {
    /// The field that `location` means for a field here; or why there is none, or no name for it.
    pub(super) fn find(&self, location: &'a FieldLocation) -> Result<Target<'a>, &'static str> {
        let (ups, names) = steps(location)?;
        let (first, rest) = names.split_first().ok_or("the path names no field")?;
        let start = self.start(location.origin, ups, first)?;
        let mut class = member(start, first)?;
        for name in rest {
            let FieldClass::Structure(structure) = class else {
                return Err("the path goes through what is no structure");
            };
            class = member(structure, name)?;
        }
        Ok(Target { origin: location.origin, names, class })
    }

    /// The structure from which a path goes that first climbs `ups` times.
    fn start(
        &self,
        origin: Option<Scope>,
        ups: usize,
        first: &str,
    ) -> Result<&'a Structure, &'static str> {
        let Some(scope) = origin else { return self.around(ups, first) };
        if ups > 0 {
            return Err("the path climbs out of its origin");
        }
        let root = if scope <= self.scope { self.roots.get(scope) } else { None };
        root.ok_or("the origin of the path is absent, or comes later")
    }

    /// The structure `ups` levels around the nearest one. TSDL names no levels: readers search
    /// from the nearest one outwards (CTF 1.8), so none may have a member `first` before.
    fn around(&self, ups: usize, first: &str) -> Result<&'a Structure, &'static str> {
        let outwards = || self.open.iter().rev();
        if outwards().take(ups).any(|structure| structure.member(first).is_some()) {
            return Err("a nearer field has the name with which the path begins");
        }
        outwards().nth(ups).copied().ok_or("the path climbs out of the outermost structure")
    }
}

/// How often a path climbs at its start, and the names that then follow.
fn steps(location: &FieldLocation) -> Result<(usize, Vec<&str>), &'static str> {
    let mut ups = 0;
    let mut names = Vec::new();
    for step in &location.path {
        match step {
            Some(name) => names.push(name.as_str()),
            None if names.pop().is_none() => ups += 1,
            None => {}
        }
    }
    match location.path.last() {
        Some(Some(_)) => Ok((ups, names)),
        _ => Err("the path does not end with a name"),
    }
}

fn member<'a>(structure: &'a Structure, name: &str) -> Result<&'a FieldClass, &'static str> {
    let member = structure.member(name).ok_or("there is no such field")?;
    Ok(&member.class)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{ByteOrder, Integer, Member};

    fn number(name: &str, len_bits: u32) -> Member {
        let class = FieldClass::Integer(Integer::unsigned(len_bits, ByteOrder::Little));
        Member { name: name.to_owned(), class }
    }

    fn structure(members: Vec<Member>) -> Structure {
        Structure { members, minimum_alignment_bits: 1 }
    }

    fn location(origin: Option<Scope>, path: &[&str]) -> FieldLocation {
        let step = |step: &&str| (*step != "^").then(|| (*step).to_owned());
        FieldLocation { origin, path: path.iter().map(step).collect() }
    }

    fn len_bits(place: &Place<'_>, location: &FieldLocation) -> Result<u32, &'static str> {
        match place.find(location)?.class {
            FieldClass::Integer(class) => Ok(class.len_bits),
            _ => Err("no integer"),
        }
    }

    #[test]
    fn paths_go_from_the_nearest_structure_or_from_an_origin() {
        let inner = structure(vec![number("x", 1)]);
        let outer = structure(vec![
            number("x", 2),
            number("y", 3),
            Member { name: "inner".into(), class: FieldClass::Structure(inner.clone()) },
        ]);
        let roots = Roots { event_header: Some(&outer), ..Roots::default() };
        let place = Place { scope: Scope::EventPayload, roots, open: vec![&outer, &inner] };
        let found = |origin, path: &[&str]| len_bits(&place, &location(origin, path));

        assert_eq!(found(None, &["x"]), Ok(1));
        assert_eq!(found(None, &["^", "y"]), Ok(3));
        assert_eq!(found(None, &["^", "inner", "^", "y"]), Ok(3));
        assert_eq!(found(Some(Scope::EventHeader), &["inner", "x"]), Ok(1));

        assert!(found(None, &["^", "x"]).is_err_and(|what| what.contains("nearer")));
        assert!(found(None, &["y"]).is_err_and(|what| what.contains("no such")));
        assert!(found(None, &["^", "^", "z"]).is_err_and(|what| what.contains("climbs")));
        assert!(found(None, &["x", "y"]).is_err_and(|what| what.contains("no structure")));
        assert!(found(None, &["x", "^"]).is_err_and(|what| what.contains("end")));
        assert!(found(Some(Scope::PacketContext), &["x"]).is_err());
    }
}
