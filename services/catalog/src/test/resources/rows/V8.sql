-- From then on a point names only the packs that it has brought along.
delete from point_pack where point_id = '${second}' and pack_id = any('${firstPacks}'::text[]);
