using System.Text.Json;

namespace Prism.Tests;

/// <summary>A test with a gateway of its own.</summary>
public abstract class GatewayTest : IAsyncLifetime
{
    protected GatewayHost Host { get; private set; } = null!;

    public async Task InitializeAsync() => Host = await GatewayHost.StartAsync();

    public async Task DisposeAsync() => await Host.DisposeAsync();

    /// <summary>The error object of a response, which must be one to the letter.</summary>
    internal static async Task<(string Message, string Type, string? Param, string? Code)> ReadErrorAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return ReadError(await response.Content.ReadAsStringAsync());
    }

    internal static (string Message, string Type, string? Param, string? Code) ReadError(string json)
    {
        using var document = JsonDocument.Parse(json);
        var body = Assert.Single(document.RootElement.EnumerateObject());
        Assert.Equal("error", body.Name);
        Assert.Equal(["message", "type", "param", "code"], body.Value.EnumerateObject().Select(property => property.Name));
        return (
            body.Value.GetProperty("message").GetString()!,
            body.Value.GetProperty("type").GetString()!,
            body.Value.GetProperty("param").GetString(),
            body.Value.GetProperty("code").GetString());
    }

    internal static string? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
