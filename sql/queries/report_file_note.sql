-- $1 the model of the report, $2 the form of the file, $3 its SHA-256.
SELECT report_file_note($1::jsonb, $2, $3)
