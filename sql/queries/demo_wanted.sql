-- Are accounts for demonstration to be made (make), there already (made), or neither (no)?
SELECT CASE WHEN NOT (SELECT sample FROM store) THEN 'no'
            WHEN NOT EXISTS (SELECT FROM account) THEN 'make'
            WHEN EXISTS (SELECT FROM account WHERE login = 'vanphong' AND removed_at IS NULL) THEN 'made'
            ELSE 'no' END
