-- Each request creates an iModel of another name.
local number = 0
local thread = 0
local count = 0

function setup(new)
  new:set("thread", count)
  count = count + 1
end

function init()
  math.randomseed(os.time())
  run = math.random(1, 1000000000)
end

function request()
  number = number + 1
  local body = string.format('{"iTwinId":"%s","name":"bench %d %d %d"}', os.getenv("ITWIN"), run, thread, number)
  return wrk.format("POST", nil, nil, body)
end
