update verification set mode = 'quick', bytes_per_second = 1000000, state = '{"lastPack": null, "bad": [], "checkedBytes": 65536}';
update point set state = 'damaged', damage = '[{"target": "vda", "offset": 0, "lengthBytes": 65536, "reason": "it was altered"}]'
  where id = '${first}';
