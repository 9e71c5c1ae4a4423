using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Prism.Tests.Json;

namespace Prism.Tests.Service;

/// <summary>Whatever is wrong with a body, the client learns which field it is, on every endpoint that takes a body.</summary>
public sealed class WrongBodiesTests : IAsyncLifetime
{
    private const string AdminKey = "the-admin-key";

    // The codes of bodies that cannot be read. Others are those of a body that is read and makes no sense.
    private static readonly string[] Unreadable = ["invalid_json", "invalid_type", "duplicate", "nested_too_deeply"];

    private PrismService _prism = null!;

    public async Task InitializeAsync()
    {
        _prism = await PrismService.StartAsync(("LLM_ADMIN_API_KEY", AdminKey), ("LLM_LOG_LEVEL", "Error"));
        _prism.Http.DefaultRequestHeaders.Authorization = new("Bearer", AdminKey);
    }

    public async Task DisposeAsync() => await _prism.DisposeAsync();

    [Theory]
    [InlineData("POST", "/v1/chat", RightBodies.Chat)]
    [InlineData("POST", "/v1/chat/completions", RightBodies.Chat)]
    [InlineData("POST", "/v1/runs", RightBodies.Run)]
    [InlineData("PUT", "/v1/chains/c", RightBodies.Chain)]
    [InlineData("PUT", "/v1/templates/t", RightBodies.Template)]
    [InlineData("POST", "/v1/templates/summarize/render", RightBodies.Render)]
    [InlineData("POST", "/admin/keys", RightBodies.Key)]
    [InlineData("PATCH", "/admin/keys/{id}", RightBodies.Key)]
    public async Task The_field_at_fault_is_named_and_nothing_fails(string method, string path, string right)
    {
        var target = path.Replace("{id}", await CreateKeyAsync(), StringComparison.Ordinal);
        var wrong = new List<string>();
        foreach (var mutation in BodyMutations.Of(right))
        {
            using var request = new HttpRequestMessage(new(method), target) { Content = new ByteArrayContent(mutation.Body) };
            request.Content.Headers.ContentType = new("application/json");
            using var response = await _prism.Http.SendAsync(request);
            if (await FindWrongAsync(response, mutation) is { } fault)
            {
                wrong.Add($"{mutation.Name}: {fault}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static async Task<string?> FindWrongAsync(HttpResponseMessage response, BodyMutation mutation)
    {
        var text = await response.Content.ReadAsStringAsync();
        if (response.StatusCode != HttpStatusCode.BadRequest)
        {
            return response.StatusCode >= HttpStatusCode.InternalServerError ? $"{response.StatusCode} {text}" : null;
        }

        var error = JsonElement.Parse(text).GetProperty("error");
        var (code, param) = (error.GetProperty("code").GetString(), error.GetProperty("param").GetString());
        return error.GetProperty("message").GetString()!.Contains("could not be read", StringComparison.Ordinal)
            || (Unreadable.Contains(code) && !mutation.MayName(param))
            || (param is null && code != "invalid_json")
            ? text
            : null;
    }

    private async Task<string> CreateKeyAsync()
    {
        using var response = await _prism.PostAsync("/admin/keys", """{"name":"k"}""");
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }
}
