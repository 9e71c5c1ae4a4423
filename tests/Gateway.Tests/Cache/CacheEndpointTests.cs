using System.Net;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Cache;

/// <summary><c>DELETE /cache</c>.</summary>
public sealed class CacheEndpointTests : GatewayTest
{
    [Fact]
    public async Task Clearing_the_cache_says_that_it_is_cleared()
    {
        using var response = await Host.Client.DeleteAsync("/cache");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"status":"cleared"}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(1, Host.Cache.Cleared);
    }

    [Fact]
    public async Task Clearing_a_cache_that_there_is_not_says_so()
    {
        Host.Cache.IsEnabled = false;

        using var response = await Host.Client.DeleteAsync("/cache");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"status":"disabled"}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(0, Host.Cache.Cleared);
    }

    [Fact]
    public async Task A_cache_that_may_not_be_cleared_everywhere_is_a_503()
    {
        Host.Cache.Error = new() { Kind = ChatErrorKind.Overloaded, Message = "Not everywhere." };

        using var response = await Host.Client.DeleteAsync("/cache");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("Not everywhere.", (await ReadErrorAsync(response)).Message);
    }
}
