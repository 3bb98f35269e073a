//! What is in the binary, as a list that packagers and scanners read: CycloneDX, written to `target/lmq.cdx.json`. It has
//! no date and no chance in it, so that the same sources give the same bytes.

use crate::licences::metadata;
use crate::licences::packages;
use serde_json::Value;
use serde_json::json;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The checksums of Cargo.lock, by name and version.
fn checksums() -> BTreeMap<String, String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).unwrap();
    let lock: toml::Table = text.parse().unwrap();
    let field = |package: &toml::Value, name: &str| package.get(name).and_then(toml::Value::as_str).map(str::to_owned);
    let entry = |package: &toml::Value| {
        let name = format!("{} v{}", field(package, "name")?, field(package, "version")?);
        Some((name, field(package, "checksum")?))
    };
    lock["package"].as_array().unwrap().iter().filter_map(entry).collect()
}

/// A library in C that a package brings along and builds.
fn in_c(name: &str, version: &str, licence: &str) -> Value {
    json!({
        "type": "library", "name": name, "version": version, "scope": "required",
        "purl": format!("pkg:generic/{name}@{version}"), "licenses": [{"license": {"id": licence}}],
    })
}

/// A package as CycloneDX has it.
fn component(package: &Value, kind: &str, scope: &str, checksum: Option<&String>) -> Value {
    let text = |field: &str| package[field].as_str().unwrap_or_default();
    let (name, version) = (text("name"), text("version"));
    let mut component = json!({
        "type": kind, "name": name, "version": version, "scope": scope,
        "purl": format!("pkg:cargo/{name}@{}", version.replace('+', "%2B")),
        "licenses": [{"expression": text("license").replace('/', " OR ")}],
    });
    if let Some(checksum) = checksum {
        component["hashes"] = json!([{"alg": "SHA-256", "content": checksum}]);
    }
    component
}

fn bill() -> Value {
    let (shipped, built) = (packages("normal"), packages("normal,build"));
    let (metadata, checksums) = (metadata(), checksums());
    let mut components: Vec<Value> = Vec::new();
    let mut own = Value::Null;
    for package in metadata["packages"].as_array().unwrap() {
        let text = |field: &str| package[field].as_str().unwrap_or_default();
        let name = format!("{} v{}", text("name"), text("version"));
        if text("name") == "lmq" {
            own = component(package, "application", "required", None);
        } else if built.contains(&name) {
            // What only builds the program is in none of its bytes.
            let scope = if shipped.contains(&name) { "required" } else { "excluded" };
            components.push(component(package, "library", scope, checksums.get(&name)));
        }
        if let Some(version) = text("version").split_once("+zstd.").map(|(_, version)| version) {
            components.push(in_c("zstd", version, "BSD-3-Clause"));
        }
    }
    components.push(in_c("sqlite", rusqlite::version(), "blessing"));
    components.sort_by_key(|component| component["purl"].as_str().unwrap_or_default().to_owned());
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {"component": own}, "components": components,
    })
}

#[test]
fn the_bill_of_materials_names_all_that_is_in_the_binary() {
    let bill = bill();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let text = serde_json::to_string_pretty(&bill).unwrap() + "\n";
    fs::write(target.join("lmq.cdx.json"), text).unwrap();
    let components = bill["components"].as_array().unwrap();
    let of = |scope: &str| -> BTreeSet<String> {
        let in_scope = components.iter().filter(|component| component["scope"] == scope);
        in_scope.map(|c| format!("{} v{}", c["name"].as_str().unwrap(), c["version"].as_str().unwrap())).collect()
    };
    let required = of("required");
    for package in packages("normal").iter().filter(|package| !package.starts_with("lmq ")) {
        assert!(required.contains(package), "{package} is missing");
    }
    assert!(of("excluded").iter().any(|package| package.starts_with("cc v")), "the C compiler's driver builds SQLite");
    for c in components {
        let is_crate = c["purl"].as_str().unwrap().starts_with("pkg:cargo/");
        assert_eq!(c["hashes"][0]["content"].as_str().map(str::len), is_crate.then_some(64), "{c}");
        assert!(!c["licenses"][0].to_string().contains("\"\""), "{c}");
    }
    for name in ["sqlite", "zstd"] {
        assert_eq!(
            components.iter().filter(|c| c["name"] == name && c["purl"].as_str().unwrap().contains("generic")).count(),
            1
        );
    }
    assert_eq!(bill["metadata"]["component"]["version"], env!("CARGO_PKG_VERSION"));
}
