using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Prism.Tests.Service;

/// <summary>Users' own templates through the whole service.</summary>
public sealed class StoredTemplatesTests : IAsyncLifetime
{
    private PrismService _prism = null!;

    public async Task InitializeAsync() => _prism = await PrismService.StartAsync();

    public async Task DisposeAsync() => await _prism.DisposeAsync();

    [Fact]
    public async Task A_template_is_stored_used_changed_and_deleted()
    {
        var created = await PutAsync("greeting", """{"template":"Hello {{ name }}!","variables":[{"name":"name","description":"Who.","default":"you"}]}""");
        var first = await ChatAsync("""{"template":"greeting","variables":{"name":"Ada"}}""");
        var changed = await PutAsync("greeting", """{"template":"Good morning, {{ name }}."}""");
        var second = await ChatAsync("""{"template":"greeting","variables":{"name":"Ada"}}""");
        var listed = (await _prism.Http.GetFromJsonAsync<JsonElement>("/v1/templates")).GetProperty("templates").EnumerateArray().ToList();
        using var deleted = await _prism.Http.DeleteAsync("/v1/templates/greeting");
        using var third = await _prism.PostAsync("/v1/chat", """{"template":"greeting","variables":{"name":"Ada"}}""");

        Assert.Equal((HttpStatusCode.Created, 1), (created.Status, created.Body.GetProperty("version").GetInt32()));
        Assert.Equal("""{"name":"name","description":"Who.","default":"you"}""", created.Body.GetProperty("variables")[0].GetRawText());
        Assert.Equal("Hello Ada!", first);
        Assert.Equal((HttpStatusCode.OK, 2), (changed.Status, changed.Body.GetProperty("version").GetInt32()));
        Assert.Equal("Good morning, Ada.", second);
        Assert.Equal(13, listed.Count);
        Assert.Equal(2, listed.Single(template => template.GetProperty("name").GetString() == "greeting").GetProperty("version").GetInt32());
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, third.StatusCode);
    }

    [Theory]
    [InlineData("mine", "{\"template\":\"One\\nTwo {{ if }}\"}", HttpStatusCode.BadRequest, "invalid_template", "Line 2, column ")]
    [InlineData("mine", "{\"template\":\"{% if a %}b{% endif %}\"}", HttpStatusCode.BadRequest, "invalid_template", "Line 1, column 1 ")]
    [InlineData("mine", "{\"template\":\"a\",\"role\":\"assistant\"}", HttpStatusCode.BadRequest, null, "'role' must be 'user' or 'system'.")]
    [InlineData("mine", "{\"template\":\"{{ a }}\",\"variables\":[{\"name\":\"b\"}]}", HttpStatusCode.BadRequest, "unknown_variable", "does not use a variable 'b'")]
    [InlineData("mine", "{\"template\":\"a\",\"version\":4}", HttpStatusCode.Conflict, "outdated_version", "leave 'version' out")]
    [InlineData("b%20c", "{\"template\":\"a\"}", HttpStatusCode.BadRequest, "invalid_name", "The name of a template has up to 64 letters")]
    [InlineData("summarize", "{\"template\":\"a\"}", HttpStatusCode.Conflict, "built_in_template", "'summarize' comes with Prism")]
    public async Task What_cannot_be_stored_is_told_with_the_reason(string name, string body, HttpStatusCode status, string? code, string message)
    {
        var refused = await PutAsync(name, body);

        var error = refused.Body.GetProperty("error");
        Assert.Equal((status, code), (refused.Status, error.GetProperty("code").GetString()));
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_as_long_as_may_be_is_stored_and_a_longer_one_is_not()
    {
        var longest = await PutAsync("long", $$"""{"template":"{{new string('x', 64 * 1024)}}"}""");
        var longer = await PutAsync("longer", $$"""{"template":"{{new string('x', (64 * 1024) + 1)}}"}""");

        Assert.Equal(HttpStatusCode.Created, longest.Status);
        Assert.Equal((HttpStatusCode.BadRequest, "template_limit_exceeded"), (longer.Status, longer.Body.GetProperty("error").GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("{{ long = 'a' * 2000000; half = ('a' * 1000000) + 'b'; string.split long half }}")]
    [InlineData("{{ pattern = 'a' * 2000000; regex.match 'a' pattern }}")]
    [InlineData("{{ long = 'a' * 1000000; parts = '$&' * 400; regex.replace long '^a*$' parts }}")]
    [InlineData("{{ zeros = '0' * 3000000; object.format 1 zeros }}")]
    public async Task A_template_that_takes_too_much_is_refused_and_others_are_served(string template)
    {
        await PutAsync("hostile", JsonSerializer.Serialize(new { template }));

        using var chat = await _prism.PostAsync("/v1/chat?provider=echo", """{"template":"hostile"}""");
        using var rendering = await _prism.PostAsync("/v1/templates/hostile/render", "{}");

        foreach (var response in new[] { chat, rendering })
        {
            var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Equal(("template", "template_limit_exceeded"), (error.GetProperty("param").GetString(), error.GetProperty("code").GetString()));
        }

        Assert.Equal("hello", await ChatAsync("""{"messages":[{"role":"user","content":"hello"}]}"""));
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> PutAsync(string name, string json)
    {
        using var response = await _prism.Http.PutAsync($"/v1/templates/{name}", new StringContent(json, Encoding.UTF8, "application/json"));
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    private async Task<string?> ChatAsync(string json)
    {
        using var response = await _prism.PostAsync("/v1/chat?provider=echo", json);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("content").GetString();
    }
}
