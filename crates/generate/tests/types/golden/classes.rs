/// Field `where`.
#[allow(
    dead_code,
    non_snake_case,
    non_camel_case_types,
    reason = "the configuration names them"
)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SContextWhere {
    /// `x`: unsigned, 16 bits
    pub x: u16,
    /// `y`: unsigned, 16 bits
    pub y: u16,
}

/// Field `where`.
#[allow(
    dead_code,
    non_snake_case,
    non_camel_case_types,
    reason = "the configuration names them"
)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EContextWhere {
    /// `x`: unsigned, 16 bits
    pub x: u16,
    /// `y`: unsigned, 16 bits
    pub y: u16,
}

/// Field `where`.
#[allow(
    dead_code,
    non_snake_case,
    non_camel_case_types,
    reason = "the configuration names them"
)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EWhere {
    /// `x`: unsigned, 16 bits
    pub x: u16,
    /// `y`: unsigned, 16 bits
    pub y: u16,
}

/// Field `file`.
#[allow(
    dead_code,
    non_snake_case,
    non_camel_case_types,
    reason = "the configuration names them"
)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EFile<'a> {
    /// `class`: text, up to its first 0
    pub class: &'a str,
    /// `sizes`: any number: unsigned, 64 bits
    pub sizes: &'a [u64],
    /// `at`: a structure
    pub at: EFileAt,
    /// `self`: may be absent: floating-point, 64 bits
    pub self_: Option<f64>,
}

/// Field `file.at`.
#[allow(
    dead_code,
    non_snake_case,
    non_camel_case_types,
    reason = "the configuration names them"
)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EFileAt {
    /// `x`: unsigned, 16 bits
    pub x: u16,
    /// `y`: unsigned, 16 bits
    pub y: u16,
}

/// Field `corners`.
#[allow(
    dead_code,
    non_snake_case,
    non_camel_case_types,
    reason = "the configuration names them"
)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ECorners {
    /// `x`: unsigned, 16 bits
    pub x: u16,
    /// `y`: unsigned, 16 bits
    pub y: u16,
}

/// Field `files`.
#[allow(
    dead_code,
    non_snake_case,
    non_camel_case_types,
    reason = "the configuration names them"
)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EFiles<'a> {
    /// `class`: text, up to its first 0
    pub class: &'a str,
    /// `sizes`: any number: unsigned, 64 bits
    pub sizes: &'a [u64],
    /// `at`: a structure
    pub at: EFilesAt,
    /// `self`: may be absent: floating-point, 64 bits
    pub self_: Option<f64>,
}

/// Field `files.at`.
#[allow(
    dead_code,
    non_snake_case,
    non_camel_case_types,
    reason = "the configuration names them"
)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EFilesAt {
    /// `x`: unsigned, 16 bits
    pub x: u16,
    /// `y`: unsigned, 16 bits
    pub y: u16,
}

/// Field `rows`.
#[allow(
    dead_code,
    non_snake_case,
    non_camel_case_types,
    reason = "the configuration names them"
)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ERows<'a> {
    /// `value`: any number: unsigned, 32 bits
    pub value: &'a [u32],
}

/// Field `parts`.
#[allow(
    dead_code,
    non_snake_case,
    non_camel_case_types,
    reason = "the configuration names them"
)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EParts<'a> {
    /// `value`: any number: text, up to its first 0
    pub value: &'a [&'a str],
}

/// Field `result`.
#[allow(
    dead_code,
    non_snake_case,
    non_camel_case_types,
    reason = "the configuration names them"
)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EResult<'a> {
    /// `none`: true or false
    None(bool),
    /// `number`: unsigned, 32 bits
    Number(u32),
    /// `text`: text, up to its first 0
    Text(&'a str),
    /// `file`: a structure
    File(EResultFile<'a>),
    /// `list`: a structure
    List(EResultList<'a>),
}

/// Field `result.file`.
#[allow(
    dead_code,
    non_snake_case,
    non_camel_case_types,
    reason = "the configuration names them"
)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EResultFile<'a> {
    /// `class`: text, up to its first 0
    pub class: &'a str,
    /// `sizes`: any number: unsigned, 64 bits
    pub sizes: &'a [u64],
    /// `at`: a structure
    pub at: EResultFileAt,
    /// `self`: may be absent: floating-point, 64 bits
    pub self_: Option<f64>,
}

/// Field `result.file.at`.
#[allow(
    dead_code,
    non_snake_case,
    non_camel_case_types,
    reason = "the configuration names them"
)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EResultFileAt {
    /// `x`: unsigned, 16 bits
    pub x: u16,
    /// `y`: unsigned, 16 bits
    pub y: u16,
}

/// Field `result.list`.
#[allow(
    dead_code,
    non_snake_case,
    non_camel_case_types,
    reason = "the configuration names them"
)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EResultList<'a> {
    /// `value`: any number: unsigned, 16 bits
    pub value: &'a [u16],
}

pub fn trace_e(&mut self,
    cc_where: &SContextWhere,
    sc_where: &EContextWhere,
    is_on: bool,
    is_odd: bool,
    mac: &[u8; 6],
    image: &[u8],
    p_where: &EWhere,
    file: &EFile<'_>,
    corners: &[ECorners; 4],
    files: &[EFiles<'_>],
    rows: &[ERows<'_>; 2],
    comment: Option<&str>,
    count: Option<u32>,
    parts: Option<EParts<'_>>,
    result: &EResult<'_>) -> bool;
