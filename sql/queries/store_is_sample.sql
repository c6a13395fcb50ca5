-- Are the records made up?  What has no place to say so in itself is called that.
SELECT CASE WHEN store_is_sample() THEN '1' END
