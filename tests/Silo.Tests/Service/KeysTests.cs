using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Prism.Tests.Service;

/// <summary>The life of a key, over HTTP.</summary>
public sealed class KeysTests : IAsyncLifetime
{
    private const string AdminKey = "the-admin-key";
    private const string Hello = """{"messages":[{"role":"user","content":"Hi"}]}""";

    private PrismService _prism = null!;

    public async Task InitializeAsync() => _prism = await PrismService.StartAsync(("LLM_ADMIN_API_KEY", AdminKey));

    public async Task DisposeAsync() => await _prism.DisposeAsync();

    [Fact]
    public async Task A_key_is_shown_once_and_opens_the_API_until_it_is_revoked()
    {
        using var response = await AdminAsync(HttpMethod.Post, "/admin/keys", """{"name":"search team","scopes":["chat"],"requests_per_minute":100}""");
        var made = await response.Content.ReadFromJsonAsync<JsonElement>();
        var (id, key) = (made.GetProperty("id").GetString()!, made.GetProperty("key").GetString()!);
        using var list = await AdminAsync(HttpMethod.Get, "/admin/keys");
        using var one = await AdminAsync(HttpMethod.Get, $"/admin/keys/{id}");
        var before = await StatusAsync(key, "/v1/chat", Hello);
        using var revoked = await AdminAsync(HttpMethod.Delete, $"/admin/keys/{id}");
        var after = await StatusAsync(key, "/v1/chat", Hello);
        using var gone = await AdminAsync(HttpMethod.Get, $"/admin/keys/{id}");
        using var empty = await AdminAsync(HttpMethod.Get, "/admin/keys");

        Assert.Equal((HttpStatusCode.Created, $"/admin/keys/{id}"), (response.StatusCode, response.Headers.Location?.ToString()));
        Assert.Matches("^key_[0-9a-f]{32}$", id);
        Assert.Matches("^sk-prism-[A-Za-z0-9_-]{43}$", key);
        Assert.Equal(("search team", 100), (made.GetProperty("name").GetString(), made.GetProperty("requests_per_minute").GetInt32()));
        Assert.DoesNotContain(key, await list.Content.ReadAsStringAsync() + await one.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(id, await list.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, (await one.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("usage").GetProperty("month").GetProperty("requests").GetInt32());
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.Unauthorized), (before, revoked.StatusCode, after));
        Assert.Equal("revoked", (await gone.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString());
        Assert.Equal("""{"keys":[]}""", await empty.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("""{"name":"all"}""", new[] { "echo-v1", "echo/echo-v1" }, HttpStatusCode.OK)]
    [InlineData("""{"name":"model","models":["echo-v1"]}""", new[] { "echo-v1", "echo/echo-v1" }, HttpStatusCode.OK)]
    [InlineData("""{"name":"pattern","models":["echo/*"]}""", new[] { "echo-v1", "echo/echo-v1" }, HttpStatusCode.OK)]
    [InlineData("""{"name":"other","models":["gpt-4o"]}""", new string[0], HttpStatusCode.NotFound)]
    [InlineData("""{"name":"provider","providers":["ollama"]}""", new[] { "ollama/llama3.1" }, HttpStatusCode.NotFound)]
    public async Task A_key_is_shown_the_models_that_it_may_call(string terms, string[] models, HttpStatusCode echo)
    {
        var (_, key) = await CreateAsync(terms);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Authorization = new("Bearer", key);
        using var response = await _prism.Http.SendAsync(request);
        var listed = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").EnumerateArray()
            .Select(model => model.GetProperty("id").GetString()!).ToList();

        // Ollama needs no key, and so is there by itself.
        Assert.Equal(models, terms.Contains("\"all\"", StringComparison.Ordinal) ? listed.Where(model => model.Contains("echo", StringComparison.Ordinal)) : listed);
        Assert.Equal(echo, await StatusAsync(key, "/v1/models/echo-v1"));
    }

    [Fact]
    public async Task Keys_are_listed_by_status_and_page_by_page()
    {
        var made = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            made.Add((await CreateAsync($$"""{"name":"k{{i}}"}""")).Id);
        }

        using var revoked = await AdminAsync(HttpMethod.Delete, $"/admin/keys/{made[1]}");

        Assert.Equal([made[0], made[2], made[3], made[4]], await ListAsync("/admin/keys"));
        Assert.Equal([made[1]], await ListAsync("/admin/keys?status=revoked"));
        Assert.Equal(made, await ListAsync("/admin/keys?status=all"));
        Assert.Equal(made, await ListAsync("/admin/keys?status=all&limit=2"));
        Assert.Equal([], await ListAsync("/admin/keys?status=expired"));
        foreach (var wrong in new[] { "status=gone", "limit=0", "limit=1001", "after=key_nobody", "after=a&after=b" })
        {
            using var refused = await AdminAsync(HttpMethod.Get, "/admin/keys?" + wrong);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
    }

    [Fact]
    public async Task A_key_opens_what_its_scopes_name_and_nothing_of_the_admins()
    {
        var (_, key) = await CreateAsync("""{"name":"k","scopes":["chat"]}""");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(key, "/v1/chat", Hello));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(key, "/v1/models"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(key, "/v1/templates"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(key, "/v1/runs"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(key, "/admin/keys"));
    }

    [Fact]
    public async Task A_key_can_be_changed_in_parts_and_the_change_holds_at_once()
    {
        var (id, key) = await CreateAsync("""{"name":"k","scopes":["chat"],"tokens_per_day":1000}""");

        using var changed = await AdminAsync(HttpMethod.Patch, $"/admin/keys/{id}", """{"scopes":["templates"],"tokens_per_day":null}""");

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (await StatusAsync(key, "/v1/chat", Hello), await StatusAsync(key, "/v1/templates")));
        var body = await changed.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("k", body.GetProperty("name").GetString());
        Assert.False(body.TryGetProperty("tokens_per_day", out _));
    }

    [Theory]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"name":"a\nb"}""", "name")]
    [InlineData("""{"name":"k","providers":["nobody"]}""", "providers[0]")]
    [InlineData("""{"name":"k","providers":[]}""", "providers")]
    [InlineData("""{"name":"k","models":["a","g*t"]}""", "models[1]")]
    [InlineData("""{"name":"k","scopes":["chat","admin"]}""", "scopes[1]")]
    [InlineData("""{"name":"k","requests_per_minute":0}""", "requests_per_minute")]
    [InlineData("""{"name":"k","tokens_per_minute":-1}""", "tokens_per_minute")]
    [InlineData("""{"name":"k","tokens_per_day":"many"}""", "tokens_per_day")]
    [InlineData("""{"name":"k","tokens_per_month":1.5}""", "tokens_per_month")]
    [InlineData("""{"name":"k","max_concurrency":0}""", "max_concurrency")]
    [InlineData("""{"name":"k","expires_at":"2020-01-01T00:00:00Z"}""", "expires_at")]
    [InlineData("""{"name":"k","expires_at":"soon"}""", "expires_at")]
    [InlineData("""{"name":"k","request_per_minute":5}""", "request_per_minute")]
    public async Task What_cannot_be_right_is_refused_by_name(string body, string param)
    {
        using var created = await AdminAsync(HttpMethod.Post, "/admin/keys", body);

        Assert.Equal((HttpStatusCode.BadRequest, param), (created.StatusCode, await ParamOf(created)));
    }

    [Theory]
    [InlineData("""{"name":null}""", "name")]
    [InlineData("""{"scopes":["none"]}""", "scopes[0]")]
    [InlineData("""{"tokens_per_day":"many"}""", "tokens_per_day")]
    [InlineData("""{"key":"sk-prism-mine"}""", "key")]
    public async Task What_a_change_would_make_wrong_is_refused_by_name(string body, string param)
    {
        var (id, _) = await CreateAsync("""{"name":"k"}""");

        using var changed = await AdminAsync(HttpMethod.Patch, $"/admin/keys/{id}", body);

        Assert.Equal((HttpStatusCode.BadRequest, param), (changed.StatusCode, await ParamOf(changed)));
    }

    [Theory]
    [InlineData("GET", "key_00000000000000000000000000000000")]
    [InlineData("PATCH", "key_00000000000000000000000000000000")]
    [InlineData("DELETE", "key_00000000000000000000000000000000")]
    [InlineData("GET", "x")]
    [InlineData("DELETE", "key_0000000000000000000000000000000Z")]
    public async Task A_key_that_there_is_not_is_not_found(string method, string id)
    {
        using var response = await AdminAsync(new(method), $"/admin/keys/{id}", method == "PATCH" ? "{}" : null);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Nobody_makes_keys_while_there_is_no_admin_key()
    {
        await using var open = await PrismService.StartAsync();

        using var created = await open.PostAsync("/admin/keys", """{"name":"a back door"}""");

        Assert.Equal(HttpStatusCode.Forbidden, created.StatusCode);
        Assert.Contains("LLM_ADMIN_API_KEY", await created.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_sees_the_templates_of_another_key()
    {
        var ((_, one), (_, other)) = (await CreateAsync("""{"name":"one"}"""), await CreateAsync("""{"name":"other"}"""));

        using var put = await SendAsync(one, HttpMethod.Put, "/v1/templates/mine", """{"template":"Hello {{ name }}"}""");

        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(one, "/v1/templates/mine"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(other, "/v1/templates/mine"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(AdminKey, "/v1/templates/mine"));
        using var list = await SendAsync(other, HttpMethod.Get, "/v1/templates");
        Assert.DoesNotContain("mine", await list.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<string?> ParamOf(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("param").GetString();

    private async Task<(string Id, string Key)> CreateAsync(string body)
    {
        using var response = await AdminAsync(HttpMethod.Post, "/admin/keys", body);
        var made = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (made.GetProperty("id").GetString()!, made.GetProperty("key").GetString()!);
    }

    private Task<HttpResponseMessage> AdminAsync(HttpMethod method, string path, string? body = null) => SendAsync(AdminKey, method, path, body);

    private async Task<HttpStatusCode> StatusAsync(string key, string path, string? body = null)
    {
        using var response = await SendAsync(key, body is null ? HttpMethod.Get : HttpMethod.Post, path, body);
        return response.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(string key, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new("Bearer", key);
        request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        return await _prism.Http.SendAsync(request);
    }

    // Page by page to the end.
    private async Task<List<string>> ListAsync(string path)
    {
        var ids = new List<string>();
        for (var page = path; ;)
        {
            using var response = await AdminAsync(HttpMethod.Get, page);
            var list = await response.Content.ReadFromJsonAsync<JsonElement>();
            ids.AddRange(list.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("id").GetString()!));
            if (!list.TryGetProperty("next", out var next))
            {
                return ids;
            }

            page = $"{path}&after={next.GetString()}";
        }
    }
}
