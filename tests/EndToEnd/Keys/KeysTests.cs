using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Prism.Tests.Processes;
using Prism.Tests.Redis;

namespace Prism.Tests.Keys;

/// <summary>API keys over real processes and a real Redis.</summary>
[Collection(Lanes.Moments)]
public sealed class KeysTests
{
    private const string AdminKey = "canary-admin-5b1f0c";
    private const string StaticKey = "canary-static-77ad21";

    [Fact]
    public Task Keys_are_one_on_all_silos_outlive_one_that_dies_and_are_nowhere_in_Redis() => PrismCluster.RunAsync(silos: 2, async cluster =>
    {
        var (one, other) = (cluster.Silos[0], cluster.Silos[1]);
        var keys = new List<(string Id, string Key)>();
        for (var i = 0; i < 8; i++)
        {
            keys.Add(await CreateAsync(one, $"{i}"));
        }

        // Used, limited and revoked, on both.
        Assert.All(await Task.WhenAll(keys.Select(key => ChatAsync(other, key.Key))), status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(HttpStatusCode.OK, await ChatAsync(one, StaticKey));
        Assert.Equal(HttpStatusCode.NoContent, (await one.Http.DeleteAsync($"/admin/keys/{keys[0].Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await ChatAsync(other, keys[0].Key));
        Assert.Equal(HttpStatusCode.Unauthorized, await ChatAsync(one, keys[0].Key));

        // Some of their grains were there.
        await other.KillAsync();
        Assert.All(
            await Task.WhenAll(keys.Skip(1).Select(key => GetAsync(one, key.Key, "/v1/models"))), status => Assert.Equal(HttpStatusCode.OK, status));

        var stored = await RedisContents.ReadAsync(cluster);
        Assert.Contains(keys[1].Id, stored, StringComparison.Ordinal);
        Assert.All(keys.Select(key => key.Key).Concat([AdminKey, StaticKey]), secret => Assert.DoesNotContain(secret, stored, StringComparison.Ordinal));
    }, ("LLM_ADMIN_API_KEY", AdminKey), ("LLM_API_KEYS", StaticKey));

    private static async Task<(string Id, string Key)> CreateAsync(PrismProcess silo, string name)
    {
        using var response = await silo.Http.PostAsJsonAsync("/admin/keys", new { name, requests_per_minute = 1_000, tokens_per_day = 1_000_000 });
        var made = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (made.GetProperty("id").GetString()!, made.GetProperty("key").GetString()!);
    }

    private static Task<HttpStatusCode> ChatAsync(PrismProcess silo, string key) =>
        SendAsync(silo, key, HttpMethod.Post, "/v1/chat", JsonContent.Create(new { messages = new[] { new { role = "user", content = "Hi" } } }));

    private static Task<HttpStatusCode> GetAsync(PrismProcess silo, string key, string path) => SendAsync(silo, key, HttpMethod.Get, path);

    private static async Task<HttpStatusCode> SendAsync(PrismProcess silo, string key, HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new("Bearer", key);
        using var response = await silo.Http.SendAsync(request);
        return response.StatusCode;
    }
}
