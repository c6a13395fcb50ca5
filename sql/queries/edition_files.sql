-- $1 edition.  Its files, those that are attached last.
SELECT f.format, f.name, f.sha256, a.media_type, a.bytes
  FROM edition_file f JOIN archive a USING (sha256)
 WHERE f.edition_id = $1::bigint
 ORDER BY f.name = '' DESC, f.format
