//! A dataset's rows as one Parquet file: one row group, compressed with zstd.

use super::columns::{Cells, Dataset};
use anyhow::Context as _;
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

/// Writes the file whole, then under its name; answers its rows and the SHA-256 of its bytes.
pub(super) fn file(path: &Path, dataset: Dataset) -> anyhow::Result<(u64, String)> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_created_by("kinward".to_owned())
        .build();
    let schema = Arc::new(schema(&dataset)?);
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for column in dataset.columns() {
        let mut cells = group.next_column()?.context("a column without a place")?;
        match &column.cells {
            Cells::Flags(values) => put::<BoolType>(&mut cells, values.iter().copied())?,
            Cells::Numbers(values) | Cells::Moments(values) => {
                put::<Int64Type>(&mut cells, values.iter().copied())?;
            }
            Cells::Texts(values) => {
                let texts = values.iter().map(|text| text.as_deref().map(ByteArray::from));
                put::<ByteArrayType>(&mut cells, texts)?;
            }
        }
        cells.close()?;
    }
    let rows = group.close()?.num_rows();
    let bytes = writer.into_inner()?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let new = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::File::create(&new)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        std::fs::rename(&new, path)
    };
    write().with_context(|| format!("无法写入  cannot write {}", path.display()))?;
    Ok((u64::try_from(rows).unwrap_or_default(), hex::encode(Sha256::digest(&bytes))))
}

fn schema(dataset: &Dataset) -> anyhow::Result<Type> {
    let column = |column: &super::columns::Column| -> anyhow::Result<TypePtr> {
        let (physical, logical) = match column.cells {
            Cells::Flags(_) => (Physical::BOOLEAN, None),
            Cells::Numbers(_) => (Physical::INT64, None),
            Cells::Texts(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Cells::Moments(_) => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
        };
        let builder = Type::primitive_type_builder(&column.name, physical);
        let built = builder.with_repetition(Repetition::OPTIONAL).with_logical_type(logical).build()?;
        Ok(Arc::new(built))
    };
    let fields = dataset.columns().map(column).collect::<Result<Vec<_>, _>>()?;
    Ok(Type::group_type_builder("event").with_fields(fields).build()?)
}

fn put<T: DataType>(
    column: &mut SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = Option<T::T>>,
) -> anyhow::Result<()> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        levels.push(i16::from(cell.is_some()));
        values.extend(cell);
    }
    column.typed::<T>().write_batch(&values, Some(&levels), None)?;
    Ok(())
}
