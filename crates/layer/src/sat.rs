//! The calls of QNX' SAT that insert events, by their meaning.
//!
//! | SAT | here | event, fields |
//! |---|---|---|
//! | `INSERTSUSEREVENT`, `trace_logi` | [`simple`] | `user:simple`: code, d0, d1 |
//! | `INSERTCUSEREVENT`, `trace_logb` | [`combined`] | `user:combined`: code, words |
//! | `INSERTUSRSTREVENT`, `trace_logf` | [`string`] | `user:string`: code, text |
//! | `trace_func_enter` | [`function_enter`] | `system:func_enter`: thisfn, call_site |
//! | `trace_func_exit` | [`function_exit`] | `system:func_exit`: thisfn, call_site |
//! | `trace_here` | [`here!`](crate::here) | `system:address`: addr |
//!
//! Codes are from 0 to 1023; as in SAT, of a greater one the lower 10 bits are taken. Where SAT
//! counts the words of a combined event in a length of its own, here the slice does.
//!
//! ```
//! use marey_layer::{here, sat};
//!
//! sat::simple(111, 1, 11);
//! sat::combined(222, &[2, 22, 222]);
//! sat::string(555, "Hello world");
//! here!();
//! ```

use crate::layout::class::{Level, Meaning};
use crate::program::class::Class;
use crate::program::record::record;
use crate::program::value::Address;

/// The greatest code of a user event.
pub const CODE_MAX: u32 = 0x3ff;

/// A class of these calls: they have no place in the program's source.
const fn class(name: &'static str, meaning: Meaning, fields: &'static [&'static str]) -> Class {
    Class::new(name, Level::Info, ("", 0), fields).meaning(meaning)
}

fn code(code: u32) -> u16 {
    (code & CODE_MAX) as u16
}

/// A simple user event: a code and two words.
#[inline]
pub fn simple(event: u32, d0: u32, d1: u32) {
    static CLASS: Class = class("user:simple", Meaning::UserSimple, &["code", "d0", "d1"]);
    if CLASS.is_on() {
        record(&CLASS, &crate::fields!(code(event), d0, d1,));
    }
}

/// A combined user event: a code and words, of which 256 are kept.
#[inline]
pub fn combined(event: u32, words: &[u32]) {
    static CLASS: Class = class("user:combined", Meaning::UserCombined, &["code", "words"]);
    if CLASS.is_on() {
        record(&CLASS, &crate::fields!(code(event), words,));
    }
}

/// A string user event: a code and a text, of which 1024 bytes are kept.
#[inline]
pub fn string(event: u32, text: &str) {
    static CLASS: Class = class("user:string", Meaning::UserString, &["code", "text"]);
    if CLASS.is_on() {
        record(&CLASS, &crate::fields!(code(event), text,));
    }
}

/// A function was entered that is at this address, and was called from that one.
#[inline]
pub fn function_enter(this_fn: usize, call_site: usize) {
    const NAME: &str = "system:func_enter";
    static CLASS: Class = class(NAME, Meaning::FunctionEnter, &["thisfn", "call_site"]);
    function(&CLASS, this_fn, call_site);
}

/// A function was left, as for [`function_enter`].
#[inline]
pub fn function_exit(this_fn: usize, call_site: usize) {
    const NAME: &str = "system:func_exit";
    static CLASS: Class = class(NAME, Meaning::FunctionExit, &["thisfn", "call_site"]);
    function(&CLASS, this_fn, call_site);
}

#[inline(always)]
fn function(class: &'static Class, this_fn: usize, call_site: usize) {
    if class.is_on() {
        let (this_fn, call_site) = (Address(this_fn as u64), Address(call_site as u64));
        record(class, &crate::fields!(this_fn, call_site,));
    }
}

/// The program came here: an event with the address of this place, whose class says file and line.
#[macro_export]
macro_rules! here {
    () => {{
        static CLASS: $crate::Class = $crate::Class::new(
            "system:address",
            $crate::Level::Info,
            (::core::file!(), ::core::line!()),
            &["addr"],
        )
        .meaning($crate::Meaning::Here);
        if CLASS.is_on() {
            let place = $crate::Address($crate::program::here());
            $crate::record(&CLASS, &$crate::fields!(place,));
        }
    }};
}
