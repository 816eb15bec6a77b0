//! Configurations of traces, and other YAML: small files of each kind.

/// Name and text of configurations.
const CONFIGS: [(&str, &str); 5] = [
    ("fields.yaml", include_str!("configs/fields.yaml")),
    ("marey.yaml", include_str!("configs/marey.yaml")),
    ("three.yaml", include_str!("configs/three.yaml")),
    ("two.yaml", include_str!("configs/two.yaml")),
    ("wrong.yaml", include_str!("configs/wrong.yaml")),
];

/// Name and text of files that are no configurations.
const TREES: [(&str, &str); 3] = [
    ("blocks.yaml", include_str!("configs/blocks.yaml")),
    ("merge.yaml", include_str!("configs/merge.yaml")),
    ("scalars.yaml", include_str!("configs/scalars.yaml")),
];

/// Target, name and text of each.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str, Vec<u8>)> {
    let config = |&(name, text): &(&'static str, &str)| ("config", name, text.as_bytes().to_vec());
    let tree = |&(name, text): &(&'static str, &str)| ("yaml", name, text.as_bytes().to_vec());
    CONFIGS.iter().map(config).chain(CONFIGS.iter().chain(&TREES).map(tree))
}
