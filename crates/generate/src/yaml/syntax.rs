//! What the parser can't read, in our words.

use granit_parser::{ErrorKind, ScanError};

use super::load::too_deep;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Sources, Span};

/// The list or the map that is being read where the parser stops.
pub(super) struct Around {
    /// Where it starts.
    pub(super) start: Span,
    /// Whether it is in brackets.
    pub(super) is_flow: bool,
}

/// What is wrong, a label for the place, and what to do.
struct Words(&'static str, &'static str, &'static str);

/// What is wrong, and at which place.
pub(super) fn diagnose(
    error: &ScanError,
    sources: &Sources,
    file: FileId,
    around: Option<&Around>,
) -> Diagnostic {
    let text = sources.text(file);
    let at = text.floor_char_boundary(error.marker().byte_offset().unwrap_or(text.len()));
    let at = cause(error.kind(), text, at);
    let here = text.get(at..).and_then(|rest| rest.chars().next());
    let len = here.filter(|c| !matches!(c, '\r' | '\n')).map_or(0, char::len_utf8);
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let span = Span { file, start: offset(at), end: offset(at + len) };
    let Words(what, label, help) = match error.kind() {
        ErrorKind::RecursionLimitExceeded => return too_deep(span),
        ErrorKind::UnexpectedCharacter { character } => {
            let what = format!("text can't start with `{character}`");
            let error = Diagnostic::error(what).at(span, "has a meaning of its own in YAML");
            return error.help("write the text in quotes");
        }
        ErrorKind::MappingValueNotAllowed => colon(text, at),
        kind => structure(kind).or_else(|| token(kind)).unwrap_or(UNKNOWN),
    };
    let error = Diagnostic::error(what).at(span, label);
    let error = if help.is_empty() { error } else { error.help(help) };
    with_open(error, span, sources, around)
}

const UNKNOWN: Words = Words("this is not YAML", "it can't be read from here on", "");

/// Adds what is still open, which is often where the mistake is.
fn with_open(
    error: Diagnostic,
    span: Span,
    sources: &Sources,
    around: Option<&Around>,
) -> Diagnostic {
    let Some(open) = around.filter(|open| open.start.start < span.start) else { return error };
    if open.is_flow {
        let bracket = sources.slice(open.start);
        return error.also(open.start, format!("this `{bracket}` is still open"));
    }
    match error.what.as_str() {
        NO_KEY => error.also(open.start.before(), "the map starts here"),
        NO_DASH => error.also(open.start.before(), "the list starts here"),
        _ => error,
    }
}

const NO_KEY: &str = "this is no key of the map above it";
const NO_DASH: &str = "this is no entry of the list above it";

/// Mistakes in how lists, maps and documents are put together.
fn structure(kind: &ErrorKind) -> Option<Words> {
    Some(match kind {
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::UnexpectedEofBlockMapping => {
            Words(NO_KEY, "expected a key", "start all keys of a map in the same column")
        }
        ErrorKind::ExpectedBlockSequenceEntry | ErrorKind::UnexpectedEofBlockSequence => {
            Words(NO_DASH, "expected `- `", "start all entries of a list in the same column")
        }
        ErrorKind::InvalidIndentation => {
            Words("this line is not indented as those above it", "", "")
        }
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::UnexpectedEofFlowMapping => {
            Words("the map in `{}` does not go on as expected", "expected `,` or `}`", "")
        }
        ErrorKind::ExpectedFlowSequenceSeparator | ErrorKind::UnexpectedEofFlowSequence => {
            Words("the list in `[]` does not go on as expected", "expected `,` or `]`", "")
        }
        ErrorKind::InvalidColonPlacement | ErrorKind::FlowMappingValueAdjacentCollection => {
            Words("this `:` is not behind a key", "expected a comma or the end", "")
        }
        ErrorKind::UnclosedFlowCollection { open: '[' } => {
            Words("this `[` is never closed", "", "add the `]`")
        }
        ErrorKind::UnclosedFlowCollection { .. } => {
            Words("this `{` is never closed", "", "add the `}`")
        }
        ErrorKind::MismatchedFlowCollectionEnd { open: '[', .. } => {
            Words("this `[` is closed by a `}`", "", "close it by `]`")
        }
        ErrorKind::MismatchedFlowCollectionEnd { .. } => {
            Words("this `{` is closed by a `]`", "", "close it by `}`")
        }
        ErrorKind::MisplacedFlowCollectionEnd => {
            Words("this bracket closes nothing", "", "write it in quotes when it is text")
        }
        ErrorKind::BlockEntryInFlowCollection
        | ErrorKind::PlainScalarStartsWithDashFlowIndicator => {
            Words("a list in brackets has no `-`", "", "take the `-` away, or the brackets")
        }
        ErrorKind::BlockSequenceEntryNotAllowed => {
            Words("a list can't start here", "", "start it in a line of its own")
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            Words("a key without a `:`", "expected `:` behind it, in the same line", "")
        }
        ErrorKind::MappingKeyNotAllowed => Words("a key can't start here", "", ""),
        ErrorKind::MultipleDocumentsUnsupported | ErrorKind::ExpectedDocumentStart => {
            Words("this does not belong to what is above it", "expected the end of the file", "")
        }
        ErrorKind::InvalidDocumentEnd => Words("text behind the end of the document", "", ""),
        ErrorKind::ExpectedNodeContent | ErrorKind::UnexpectedEof => {
            Words("a value is missing", "expected a value", "")
        }
        _ => return None,
    })
}

/// Mistakes in one piece of text.
fn token(kind: &ErrorKind) -> Option<Words> {
    Some(match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar => {
            Words("a tab can't be used to indent", "a tab", "use spaces")
        }
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::DocumentIndicatorInQuotedScalar => Words(
            "a quote is not closed",
            "it starts here",
            "close it in this line, or indent what follows",
        ),
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            Words("text goes on behind its quotes", "", "write all of it in quotes")
        }
        ErrorKind::UnknownQuotedScalarEscape => {
            let help = "write the text in single quotes, where `\\` means itself, or write `\\\\`";
            Words("there is no such escape", "", help)
        }
        ErrorKind::InvalidQuotedScalarHexEscape => {
            Words("this escape has too few hexadecimal digits", "", "write \\xHH or \\uHHHH")
        }
        ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => {
            Words("an escape in this text is no character", "", "write \\UHHHHHHHH")
        }
        ErrorKind::ZeroBlockScalarIndent | ErrorKind::InvalidBlockScalarHeader => Words(
            "text behind `|` or `>`",
            "expected the end of the line",
            "start in the next line",
        ),
        ErrorKind::InvalidBlockScalarIndent => {
            Words("this line of a text is not indented enough", "", "")
        }
        ErrorKind::InvalidFlowScalarIndent => Words("this line is not indented enough", "", ""),
        ErrorKind::CommentInterceptedScalar => {
            Words("a comment in the midst of a text", "", "write the text in quotes")
        }
        ErrorKind::CommentNotSeparated => {
            Words("a comment needs a space before its `#`", "", "add a space")
        }
        ErrorKind::BomInsideDocument => {
            Words("a byte order mark in the midst of the file", "", "take it away")
        }
        _ => return directive(kind),
    })
}

/// Mistakes in directives, tags and anchors.
fn directive(kind: &ErrorKind) -> Option<Words> {
    Some(match kind {
        ErrorKind::UnsupportedYamlMajorVersion => {
            Words("this is not YAML 1", "expected `%YAML 1.1` or `%YAML 1.2`", "")
        }
        ErrorKind::DuplicateVersionDirective | ErrorKind::DuplicateTagDirective => {
            Words("this directive is here twice", "", "")
        }
        ErrorKind::MissingDocumentEndBeforeDirective => {
            let help = "write the text in quotes when it is no directive";
            Words("a directive must be at the start of the file", "", help)
        }
        ErrorKind::InvalidDirectiveTerminator
        | ErrorKind::MissingYamlVersionSeparator
        | ErrorKind::MissingDirectiveName
        | ErrorKind::InvalidDirectiveName
        | ErrorKind::DirectiveByteLimitExceeded { .. }
        | ErrorKind::TooManyReservedDirectiveParams { .. }
        | ErrorKind::YamlVersionTooLong
        | ErrorKind::MissingYamlVersion
        | ErrorKind::ExpectedTagDirectiveBang
        | ErrorKind::InvalidTagDirectiveTerminator => {
            Words("this is no directive", "expected `%YAML` or `%TAG`", "")
        }
        ErrorKind::UndeclaredTagHandle => {
            Words("the tag's prefix is not declared", "", "write the whole tag: `!<tag:…>`")
        }
        ErrorKind::ExpectedTagBang
        | ErrorKind::InvalidGlobalTagCharacter
        | ErrorKind::InvalidTagTerminator
        | ErrorKind::MissingTagUri
        | ErrorKind::UnclosedVerbatimTag
        | ErrorKind::InvalidTagEscape
        | ErrorKind::InvalidTagUtf8LeadingByte
        | ErrorKind::InvalidTagUtf8TrailingByte
        | ErrorKind::InvalidTagUtf8 => {
            Words("this is no tag", "", "write the text in quotes when it starts with `!`")
        }
        ErrorKind::MissingAnchorOrAliasName => {
            let help = "write the text in quotes when it starts with `&` or `*`";
            Words("an anchor or an alias needs a name", "", help)
        }
        _ => return None,
    })
}

/// A `:` where none can be: the line, or the one above it, tells why.
fn colon(text: &str, at: usize) -> Words {
    let before = text.get(..at).unwrap_or("");
    let (above, line) = before.rsplit_once('\n').unwrap_or(("", before));
    let above = above.trim_end().rsplit('\n').next().unwrap_or("");
    let help = if line.contains(": ") {
        "write the text in quotes when the `:` belongs to it"
    } else if above.contains(": ") {
        "indent this line as the one above, which has its value already"
    } else if above.contains(':') {
        "write a space behind the `:` in the line above"
    } else {
        "write a `:` in the line above, or the text in quotes"
    };
    Words("this `:` is not behind a key", "", help)
}

/// The place to look at, where the parser names another one.
fn cause(kind: &ErrorKind, text: &str, at: usize) -> usize {
    let (before, rest) = text.split_at_checked(at).unwrap_or((text, ""));
    match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar => {
            let line = before.rfind('\n').map_or(0, |end| end + 1);
            let tab = text.get(line..).and_then(|rest| rest.find('\t'));
            tab.map_or(at, |tab| line + tab)
        }
        ErrorKind::InvalidQuotedScalarIndent | ErrorKind::DocumentIndicatorInQuotedScalar => {
            opening_quote(before).unwrap_or(at)
        }
        ErrorKind::UnknownQuotedScalarEscape | ErrorKind::InvalidQuotedScalarHexEscape => {
            at + bad_escape(rest).unwrap_or(0)
        }
        _ => at,
    }
}

/// The last quote that stands where text can start.
fn opening_quote(before: &str) -> Option<usize> {
    let starts = |&(at, _): &(usize, &str)| {
        let text = before.get(..at).unwrap_or("");
        text.is_empty() || text.ends_with([' ', '\t', '\n', '[', '{', ',', ':'])
    };
    before.rmatch_indices(['\'', '"']).find(starts).map(|(at, _)| at)
}

/// The first escape in a text in double quotes that is none.
fn bad_escape(text: &str) -> Option<usize> {
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            continue;
        }
        let (_, name) = chars.next()?;
        let digits = match name {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ if "0abtnvfe \"/\\N_LP\t\r\n".contains(name) => 0,
            _ => return Some(at),
        };
        let hex = chars.clone().take(digits).take_while(|(_, c)| c.is_ascii_hexdigit());
        if hex.count() < digits {
            return Some(at);
        }
    }
    None
}
