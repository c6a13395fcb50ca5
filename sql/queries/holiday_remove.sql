-- $1 day.  No row when it is no holiday.
DELETE FROM holiday WHERE day = $1::date RETURNING day
