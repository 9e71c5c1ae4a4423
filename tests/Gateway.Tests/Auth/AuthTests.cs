using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline;

namespace Prism.Tests.Auth;

/// <summary>Who may call what.</summary>
public sealed class AuthTests : IAsyncLifetime
{
    private const string AdminKey = "the-admin-key";
    private const string Key = "sk-one";
    private const string OtherKey = "sk-two";

    private GatewayHost _host = null!;

    public async Task InitializeAsync() => _host = await GatewayHost.StartAsync(
        services => services.Configure<AuthOptions>(options => (options.AdminApiKey, options.ApiKeys) = (AdminKey, [Key, OtherKey])));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("Authorization", "Bearer sk-one")]
    [InlineData("Authorization", "bearer  sk-two")]
    [InlineData("x-api-key", "sk-one")]
    [InlineData("x-api-key", AdminKey)]
    public async Task A_key_opens_the_API(string header, string value)
    {
        using var response = await SendAsync(HttpMethod.Get, "/v1/models", (header, value));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_plain_key_sees_how_it_is_and_the_admin_sees_where()
    {
        using var plain = await SendAsync(HttpMethod.Get, "/health", ("x-api-key", Key));
        using var admin = await SendAsync(HttpMethod.Get, "/health", ("x-api-key", AdminKey));

        using var seen = System.Text.Json.JsonDocument.Parse(await plain.Content.ReadAsStringAsync());
        Assert.Equal(["status", "version", "default_provider"], seen.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal("healthy", seen.RootElement.GetProperty("status").GetString());
        using var all = System.Text.Json.JsonDocument.Parse(await admin.Content.ReadAsStringAsync());
        Assert.Equal(
            ["status", "version", "default_provider", "providers", "cluster"], all.RootElement.EnumerateObject().Select(property => property.Name));
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/chat")]
    [InlineData("/health")]
    [InlineData("/nothing")]
    public async Task Without_a_key_there_is_nothing(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer realm=\"prism\"", response.Headers.WwwAuthenticate.ToString());
        var (message, type, param, code) = await GatewayTest.ReadErrorAsync(response);
        Assert.StartsWith("You did not provide an API key.", message, StringComparison.Ordinal);
        Assert.Equal(("invalid_request_error", null, "invalid_api_key"), (type, param, code));
    }

    [Theory]
    [InlineData("Authorization", "Bearer sk-on")]
    [InlineData("Authorization", "Bearer sk-one-more")]
    [InlineData("Authorization", "Bearer x")]
    [InlineData("x-api-key", "SK-ONE")]
    public async Task A_wrong_key_opens_nothing_and_is_not_repeated(string header, string value)
    {
        using var response = await SendAsync(HttpMethod.Get, "/v1/models", (header, value));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        var (message, _, _, code) = await GatewayTest.ReadErrorAsync(response);
        Assert.Equal(("The API key is not valid.", "invalid_api_key"), (message, code));
        Assert.Equal("Bearer realm=\"prism\", error=\"invalid_token\"", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task A_key_of_any_length_is_refused_as_any_other()
    {
        using var response = await SendAsync(HttpMethod.Get, "/v1/models", ("x-api-key", new string('k', 5_000)));

        Assert.Equal("The API key is not valid.", (await GatewayTest.ReadErrorAsync(response)).Message);
    }

    [Fact]
    public async Task Two_keys_at_once_are_none()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Add("x-api-key", [Key, OtherKey]);
        using var response = await _host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task The_password_of_a_browser_is_no_key_of_the_API()
    {
        using var response = await SendAsync(HttpMethod.Delete, "/cache", ("Authorization", Basic("admin", AdminKey)));

        Assert.Equal((HttpStatusCode.Unauthorized, 0), (response.StatusCode, _host.Cache.Cleared));
    }

    [Fact]
    public async Task What_changes_everybodys_cache_takes_the_admin_key()
    {
        using var denied = await SendAsync(HttpMethod.Delete, "/cache", ("x-api-key", Key));
        using var cleared = await SendAsync(HttpMethod.Delete, "/cache", ("x-api-key", AdminKey));

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK, 1), (denied.StatusCode, cleared.StatusCode, _host.Cache.Cleared));
        Assert.Equal(("This needs the admin key.", "invalid_request_error", null, "permission_denied"), await GatewayTest.ReadErrorAsync(denied));
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/healthz/ready")]
    [InlineData("/healthz/live")]
    public async Task Probes_need_no_key(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(AdminKey)]
    public async Task What_does_not_say_whom_it_is_for_is_nobodys(string? key)
    {
        using var response = await SendAsync(HttpMethod.Get, "/undeclared", key is null ? [] : [("x-api-key", key)]);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("permission_denied", (await GatewayTest.ReadErrorAsync(response)).Code);
    }

    [Fact]
    public async Task Each_key_is_an_owner_of_its_own_and_the_admin_owns_what_was_nobodys()
    {
        _host.Chat.Answer(new ChatResponse { Id = "1", Model = "m", Choices = [], Usage = ChatUsage.Of(1, 1) });
        var owners = new List<string?>();
        foreach (var key in (string[])[Key, OtherKey, Key, AdminKey])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat") { Content = GatewayHost.Json(GatewayHost.Hello) };
            request.Headers.Add("x-api-key", key);
            using var response = await _host.Client.SendAsync(request);
            owners.Add((await _host.Chat.NextCallAsync()).Request.Owner);
        }

        Assert.Equal(owners[0], owners[2]);
        Assert.Equal(3, owners.Distinct().Count());
        Assert.StartsWith("static_", owners[0], StringComparison.Ordinal);
        Assert.Equal(Owners.Global, owners[3]);
    }

    [Fact]
    public async Task Without_any_key_configured_everything_is_open_and_the_log_says_so_once()
    {
        await using var open = await GatewayHost.StartAsync();

        using var models = await open.Client.GetAsync("/v1/models");
        using var cleared = await open.Client.DeleteAsync("/cache");
        using var undeclared = await open.Client.GetAsync("/undeclared");

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden), (models.StatusCode, cleared.StatusCode, undeclared.StatusCode));
        Assert.Single(open.Log.Drain(), line => line.Contains("Prism is open", StringComparison.Ordinal));
        Assert.DoesNotContain(_host.Log.Drain(), line => line.Contains("Prism is open", StringComparison.Ordinal));
    }

    private static string Basic(string user, string password) =>
        new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))).ToString();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return await _host.Client.SendAsync(request);
    }
}
