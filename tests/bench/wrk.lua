-- Requests for wrk, and its figures as a line of JSON.  Arguments after --:
-- method=M body=FILE paths=FILE header=NAME: VALUE

local paths, at

local function read(name)
	local f = assert(io.open(name, "rb"))
	local text = f:read("*a")
	f:close()
	return text
end

-- Each thread begins somewhere else in the list.
local threads = 0
function setup(thread)
	thread:set("nth", threads)
	threads = threads + 1
end

function init(args)
	for _, a in ipairs(args) do
		local key, value = a:match("^(%w+)=(.*)$")
		if key == "method" then
			wrk.method = value
		elseif key == "body" then
			wrk.body = read(value)
		elseif key == "header" then
			local name, text = value:match("^([^:]+): *(.*)$")
			wrk.headers[name] = text
		elseif key == "paths" then
			paths = {}
			for line in read(value):gmatch("[^\n]+") do
				paths[#paths + 1] = line
			end
			at = nth * math.floor(#paths / 2)
		end
	end
	if paths then
		request = function()
			at = at % #paths + 1
			return wrk.format(nil, paths[at])
		end
	end
end

function done(summary, latency)
	local e = summary.errors
	print(string.format('{"rate":%.1f,"p50_ms":%.3f,"p99_ms":%.3f,' ..
	    '"n":%d,"errors":%d}', summary.requests / summary.duration * 1e6,
	    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
	    summary.requests, e.connect + e.read + e.write + e.status +
	    e.timeout))
end
