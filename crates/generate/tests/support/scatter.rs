//! Parts of a configuration put where a configuration may have them: into files that it includes,
//! into aliases, into field types that others inherit.

use std::path::{Path, PathBuf};

use super::random::Random;
use super::yaml::Yaml;

/// What of a version of the configuration can stand elsewhere.
pub struct Language {
    /// Objects that may include files.
    pub includes: &'static Includes,
    /// The property that names what a field type inherits.
    pub inherit: &'static str,
    /// A list that is patched by name, so that a part of it can be inherited.
    pub keyed: Option<&'static str>,
    /// The way to the aliases.
    pub aliases: &'static [&'static str],
    /// Aliases may stand behind those that use them.
    pub is_any_order: bool,
}

/// An object that may include files.
pub struct Includes {
    pub can: bool,
    /// Properties with such objects; or with maps of them.
    pub children: &'static [(&'static str, bool, &'static Includes)],
}

/// What a configuration uses.
pub struct Uses {
    pub aliases: bool,
    pub includes: bool,
    /// A field type for an alias that nothing uses.
    pub unused: Option<Yaml>,
}

/// The name of a configuration; what it includes are files beside it.
const MAIN: &str = "config.yaml";

/// A configuration, and files that it includes.
pub struct Configuration {
    /// By name; the configuration itself first.
    pub files: Vec<(String, Yaml)>,
    /// How they are written.
    random: Random,
}

impl Configuration {
    /// Writes all files into a folder; where the configuration is.
    pub fn write(&mut self, folder: &Path, head: &str) -> PathBuf {
        std::fs::create_dir_all(folder).expect("a folder");
        for (name, value) in &self.files {
            let head = if name == MAIN { head } else { "" };
            let text = format!("{head}{}\n", value.written(&mut self.random));
            std::fs::write(folder.join(name), text).expect("written");
        }
        folder.join(MAIN)
    }
}

/// A configuration with parts of it elsewhere.
pub fn scattered(
    mut root: Yaml,
    language: &'static Language,
    uses: Uses,
    random: Random,
) -> Configuration {
    let mut scatter = Scatter { language, random, aliases: Vec::new(), files: Vec::new() };
    if uses.aliases {
        scatter.types(&mut root);
        if let Some(mut unused) = uses.unused {
            scatter.types(&mut unused);
            scatter.alias(unused);
        }
        scatter.put_aliases(&mut root);
    }
    if uses.includes {
        scatter.objects(&mut root, language.includes);
    }
    let mut files = vec![(MAIN.to_owned(), root)];
    files.append(&mut scatter.files);
    Configuration { files, random: scatter.random }
}

struct Scatter {
    language: &'static Language,
    random: Random,
    aliases: Vec<(String, Yaml)>,
    files: Vec<(String, Yaml)>,
}

impl Scatter {
    /// Puts some field types into aliases, inner ones first.
    fn types(&mut self, node: &mut Yaml) {
        match node {
            Yaml::List(items) => items.iter_mut().for_each(|item| self.types(item)),
            Yaml::Map(entries) => {
                let aliases = self.language.aliases.last();
                let entries = entries.iter_mut().filter(|(key, _)| Some(&key.as_str()) != aliases);
                entries.for_each(|(_, value)| self.types(value));
                self.shorten_member(node);
                if node.get("class").is_some() {
                    self.field_type(node);
                }
            }
            _ => {}
        }
    }

    fn field_type(&mut self, node: &mut Yaml) {
        match self.random.below(10) {
            0 => *node = self.alias(node.clone()),
            1 => self.inherited(node),
            _ => {}
        }
    }

    fn alias(&mut self, field: Yaml) -> Yaml {
        let name = format!("alias {}", self.aliases.len());
        self.aliases.push((name.clone(), field));
        Yaml::Text(name)
    }

    /// A field type that inherits some of its properties, and overrides some.
    fn inherited(&mut self, node: &mut Yaml) {
        let Yaml::Map(entries) = std::mem::replace(node, Yaml::Null) else { return };
        let (mut base, mut own) = (Vec::new(), Vec::new());
        for (key, value) in entries {
            if key == "class" {
                base.push((key, value));
                continue;
            }
            match (self.random.below(4), value) {
                (0 | 1, value) => base.push((key, value)),
                (2, Yaml::List(items)) if self.language.keyed == Some(key.as_str()) => {
                    let (first, rest) = items.split_at(items.len() / 2);
                    base.push((key.clone(), Yaml::List(first.to_vec())));
                    own.push((key, Yaml::List(rest.to_vec())));
                }
                (2, value) => {
                    base.extend(other(&key, &value).map(|other| (key.clone(), other)));
                    own.push((key, value));
                }
                (_, value) => own.push((key, value)),
            }
        }
        let base = self.alias(Yaml::Map(base));
        own.insert(0, (self.language.inherit.to_owned(), base));
        *node = Yaml::Map(own);
    }

    /// A member that is an alias needs no map.
    fn shorten_member(&mut self, node: &mut Yaml) {
        let Yaml::Map(entries) = node else { return };
        let [(_, member)] = entries.as_mut_slice() else { return };
        if let Some(alias @ Yaml::Text(_)) = member.get("field-type")
            && self.random.one_in(2)
        {
            *member = alias.clone();
        }
    }

    fn put_aliases(&mut self, root: &mut Yaml) {
        let mut aliases = std::mem::take(&mut self.aliases);
        if self.language.is_any_order && self.random.one_in(2) {
            aliases.reverse();
        }
        let mut way = self.language.aliases.iter();
        let there = way.try_fold(root, |node, name| node.get_mut(name));
        if let Some(Yaml::Map(there)) = there {
            there.extend(aliases);
        }
    }

    /// Puts parts of objects into files, children first.
    fn objects(&mut self, node: &mut Yaml, includes: &Includes) {
        for (name, is_map, child) in includes.children {
            match node.get_mut(name) {
                Some(Yaml::Map(entries)) if *is_map => {
                    entries.iter_mut().for_each(|(_, node)| self.objects(node, child));
                }
                Some(node) if !is_map => self.objects(node, child),
                _ => {}
            }
        }
        if includes.can && self.random.one_in(8) {
            let files = 1 + self.random.below(2);
            (0..files).for_each(|_| self.object(node));
        }
    }

    /// Puts a part of an object into a file.
    fn object(&mut self, node: &mut Yaml) {
        let Yaml::Map(entries) = node else { return };
        let (mut file, mut own) = (Vec::new(), Vec::new());
        let mut included = Vec::new();
        for (key, value) in std::mem::take(entries) {
            if key == "$include" {
                included = match value {
                    Yaml::List(names) => names,
                    name => vec![name],
                };
                continue;
            }
            match (self.random.below(4), value) {
                (0 | 1, value) => file.push((key, value)),
                (2, Yaml::List(items)) => {
                    let (first, rest) = items.split_at(items.len() / 2);
                    file.push((key.clone(), Yaml::List(first.to_vec())));
                    own.push((key, Yaml::List(rest.to_vec())));
                }
                (2, Yaml::Map(items)) if items.len() > 1 && items[0].0 != "class" => {
                    let (first, rest) = items.split_at(items.len() / 2);
                    file.push((key.clone(), Yaml::Map(first.to_vec())));
                    own.push((key, Yaml::Map(rest.to_vec())));
                }
                (2, value) => {
                    file.extend(other(&key, &value).map(|other| (key.clone(), other)));
                    own.push((key, value));
                }
                (_, value) => own.push((key, value)),
            }
        }
        let name = format!("part-{}.yaml", self.files.len());
        self.files.push((name.clone(), Yaml::Map(file)));
        included.push(Yaml::Text(name));
        let included = match included.as_slice() {
            [only] if self.random.one_in(2) => only.clone(),
            _ => Yaml::List(included),
        };
        own.push(("$include".to_owned(), included));
        *node = Yaml::Map(own);
    }
}

/// Another value that may stand where this does, and is overridden by it.
fn other(key: &str, value: &Yaml) -> Option<Yaml> {
    match value {
        Yaml::Number(_) if key != "class" => Some(Yaml::Number(8)),
        Yaml::Bool(value) => Some(Yaml::Bool(!value)),
        Yaml::Null if key.contains("align") => Some(Yaml::Number(16)),
        _ => None,
    }
}
