using System.Net;

namespace Prism.Tests;

/// <summary><c>DELETE /cache</c>.</summary>
public sealed class CacheTests : GatewayTest
{
    [Fact]
    public async Task Clearing_a_cache_that_there_is_not_says_so()
    {
        using var response = await Host.Client.DeleteAsync("/cache");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"status":"disabled"}""", await response.Content.ReadAsStringAsync());
    }
}
