-- Webhooks for wrk, each another one: list=FILE, whose lines are a header, a tab
-- and a body (Bench.lines); header=NAME: VALUE for all.  Each thread has every
-- other line.  Figures as wrk.lua, and how many lines there were.

local bodies, at = {}, 0

local threads = 0
function setup(thread)
	thread:set("nth", threads)
	threads = threads + 1
end

function init(args)
	wrk.method = "POST"
	for _, a in ipairs(args) do
		local key, value = a:match("^(%w+)=(.*)$")
		if key == "header" then
			local name, text = value:match("^([^:]+): *(.*)$")
			wrk.headers[name] = text
		elseif key == "list" then
			local n = 0
			for line in io.lines(value) do
				if n % 2 == nth % 2 then
					bodies[#bodies + 1] = line
				end
				n = n + 1
			end
		end
	end
end

function request()
	at = at % #bodies + 1
	local name, text, body = bodies[at]:match("^([^:]+): ([^\t]*)\t(.*)$")
	local headers = { [name] = text }
	for k, v in pairs(wrk.headers) do
		headers[k] = v
	end
	return wrk.format(nil, nil, headers, body)
end

function done(summary, latency)
	local e = summary.errors
	print(string.format('{"rate":%.1f,"p50_ms":%.3f,"p99_ms":%.3f,' ..
	    '"n":%d,"errors":%d}', summary.requests / summary.duration * 1e6,
	    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
	    summary.requests, e.connect + e.read + e.write + e.status +
	    e.timeout))
end
