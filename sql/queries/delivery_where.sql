-- $1 the archive folder.  Where we are, and where deliveries were made from; null: never.
SELECT server_place() || ' ' || $1::text AS here, (SELECT place FROM delivery_place) AS noted,
       (SELECT sample FROM store)::int AS sample
