-- A session of Neovim with the language server: what its own client makes of the answers, as JSON on the last line.
local command, folder = vim.split(vim.env.SPEC_SERVER, " "), vim.env.SPEC_FOLDER
local found = {}

local function fail(message)
  io.stderr:write(message .. "\n")
  vim.cmd("cquit")
end

local function wait(what, done)
  if not vim.wait(60000, done, 50) then
    fail("waited in vain for " .. what)
  end
end

vim.cmd("edit " .. folder .. "/spec.yaml")
local client = vim.lsp.start_client({ name = "compile-spec", cmd = command, root_dir = folder })
wait("the server", function()
  return vim.lsp.get_client_by_id(client) ~= nil
end)
vim.lsp.buf_attach_client(0, client)

local function place(needle)
  local line = vim.fn.search("\\V" .. needle, "w")
  return line, vim.fn.col(".") - 1
end

local function ask(method, needle, more)
  place(needle)
  local params = vim.tbl_extend("force", vim.lsp.util.make_position_params(), more or {})
  local answers = vim.lsp.buf_request_sync(0, method, params, 60000)
  return answers[client] and answers[client].result
end

local function diagnostics()
  return vim.diagnostic.get(0)
end

wait("the mistake", function()
  return #diagnostics() == 1
end)
found.mistake = { diagnostics()[1].code or diagnostics()[1].user_data.lsp.code, diagnostics()[1].lnum + 1 }

-- The quick fix, applied as Neovim applies it.
local line = place("Denes")
local params = vim.lsp.util.make_range_params()
params.context = { diagnostics = vim.lsp.diagnostic.get_line_diagnostics(0, line - 1) }
local actions = vim.lsp.buf_request_sync(0, "textDocument/codeAction", params, 60000)[client].result
found.action = actions[1].title
vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
wait("the mistake to go", function()
  return #diagnostics() == 0
end)

found.hover = vim.split(ask("textDocument/hover", "Dense").contents.value, "\n")[1]
found.definition = ask("textDocument/definition", "image}")[1].range.start.line + 1
vim.lsp.util.apply_workspace_edit(ask("textDocument/rename", "image:", { newName = "picture" }), "utf-16")
found.text = vim.api.nvim_buf_get_lines(0, 0, -1, false)

-- A line that is being typed.
local number = place("  y:")
vim.api.nvim_buf_set_lines(0, number - 1, number, false, { "  y: {type: Dense, " })
vim.api.nvim_win_set_cursor(0, { number, 19 })
local position = { textDocument = vim.lsp.util.make_text_document_params(), position = { line = number - 1, character = 19 } }
local proposals = vim.lsp.buf_request_sync(0, "textDocument/completion", position, 60000)[client].result
table.sort(proposals.items, function(a, b)
  return a.sortText < b.sortText
end)
found.proposals = { proposals.items[1].label, proposals.items[2].label }

vim.lsp.stop_client(client)
wait("the end", function()
  return vim.lsp.client_is_stopped(client)
end)
io.stdout:write("\n" .. vim.fn.json_encode(found) .. "\n")
vim.cmd("qall!")
