-- $1 number of a vintage.  Its canonical form; no row where there is none.
SELECT vintage_canonical(v.vintage_id) FROM vintage v WHERE v.vintage_id::text = $1
