//! Events that the tracer is built without: calls that evaluate nothing.
//!
//! A macro hides the function from calls; in its dead branch stands the call, so that the compiler
//! still checks it, and knows its variables as used. Whoever takes the function's address gets one
//! that does nothing, and pays for that one.

use std::fmt::Write as _;

use marey_ctf::schema::{EventClass, StreamClass};

use super::header::signature;
use super::names::{TypeNames, parameters};
use crate::definition::Definition;
use crate::scopes::{event_scopes, name};

/// Whether an event of any stream is left out.
pub fn any(definition: &Definition) -> bool {
    events(definition).any(|is_left_out| is_left_out)
}

/// Whether all events are left out, or there are none.
pub fn all(definition: &Definition) -> bool {
    events(definition).all(|is_left_out| is_left_out)
}

fn events(definition: &Definition) -> impl Iterator<Item = bool> {
    let has = |stream, event| definition.extensions.left_out.has(stream, event);
    let streams = definition.schema.streams.iter();
    streams.flat_map(move |stream| stream.events.iter().map(move |event| has(stream, event)))
}

/// What declares a function that is not in the program unless its address is taken.
pub const STORAGE: &str = "
#if (defined(__cplusplus) && __cplusplus >= 201103L) || \\
		(defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L)
# define MAREY_HAS_VARIADIC_MACROS 1
#endif
#ifndef MAREY_LEFT_OUT
# if defined(__cplusplus) || defined(MAREY_HAS_VARIADIC_MACROS)
#  define MAREY_LEFT_OUT static inline
# elif defined(__GNUC__)
#  define MAREY_LEFT_OUT static __inline__
# else
#  define MAREY_LEFT_OUT static
# endif
#endif
";

/// What stands in the header in place of a function that traces an event.
pub fn text(definition: &Definition, stream: &StreamClass, event: &EventClass) -> String {
    let (scopes, event) = (event_scopes(stream, event), name(&event.identity));
    let own = format!("trace_{event}");
    let signature = signature(definition, stream, &own, &scopes);
    let mut names = vec!["sctx".to_owned()];
    let types = TypeNames::of(definition, stream, &own);
    let parameters = parameters(definition.profile, &scopes, &types);
    names.extend(parameters.into_iter().map(|parameter| parameter.name));
    let mut out =
        format!("\n/* Event `{event}` is left out: a call evaluates nothing */\nMAREY_LEFT_OUT ");
    let _ = writeln!(out, "{signature}\n{{");
    for name in &names {
        let _ = writeln!(out, "\t(void) {name};");
    }
    let prefix = &definition.code.identifier_prefix;
    let function = format!("{prefix}{}_{own}", name(&stream.identity));
    let never = |arguments: &str| format!("(0 ? {function}({arguments}) : (void) 0)");
    let (names, variadic) = (names.join(", "), never("__VA_ARGS__"));
    let _ = write!(
        out,
        "}}\n#ifdef MAREY_HAS_VARIADIC_MACROS\n# define {function}(...) \\\n\t{variadic}\n\
         #else\n# define {function}({names}) \\\n\t{}\n#endif\n",
        never(&names)
    );
    out
}
