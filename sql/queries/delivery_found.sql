-- $1 where the deliverer is.  Written only when it changed.
UPDATE delivery_place SET found = nullif($1::text, place) WHERE found IS DISTINCT FROM nullif($1::text, place)
