using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Prism.Silo.Cluster;
using Prism.Tests.Logging;

namespace Prism.Tests.Cluster;

public sealed class RedisUrlTests
{
    [Theory]
    [InlineData("redis://redis:6380", "redis:6380/0", null, null, false)]
    [InlineData("redis://redis", "redis:6379/0", null, null, false)]
    [InlineData("redis://redis/", "redis:6379/0", null, null, false)]
    [InlineData("redis://redis:6379/7", "redis:6379/7", null, null, false)]
    [InlineData("redis://:secret@redis:6379", "redis:6379/0", null, "secret", false)]
    [InlineData("redis://secret@redis:6379", "redis:6379/0", null, "secret", false)]
    [InlineData("redis://prism:secret@redis:6379", "redis:6379/0", "prism", "secret", false)]
    [InlineData("redis://pri%3Asm:p%40ss%2Fw%23rd%3A@redis:6379/1", "redis:6379/1", "pri:sm", "p@ss/w#rd:", false)]
    [InlineData("redis://prism:a:b@redis:6379", "redis:6379/0", "prism", "a:b", false)]
    [InlineData("rediss://prism:secret@redis.example.com:6380", "redis.example.com:6380/0", "prism", "secret", true)]
    public void A_URL_has_these_parts(string text, string address, string? user, string? password, bool tls)
    {
        var (url, problem) = RedisUrl.TryParse(text);

        Assert.Null(problem);
        Assert.Equal((address, user, password, tls), (url!.ToString(), url.User, url.Password, url.IsTls));
        var client = url.ToClientOptions();
        Assert.Equal((user, password, tls, url.Database), (client.User, client.Password, client.Ssl, client.DefaultDatabase));
    }

    [Fact]
    public void An_IP_address_needs_no_look_up()
    {
        Assert.Equal([new IPEndPoint(IPAddress.IPv6Loopback, 6379)], RedisUrl.TryParse("redis://[::1]:6379").Url!.ToClientOptions().EndPoints);
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 6379)], RedisUrl.TryParse("redis://127.0.0.1").Url!.ToClientOptions().EndPoints);
    }

    [Theory]
    [InlineData("redis")]
    [InlineData("redis:6379")]
    [InlineData("redis://")]
    [InlineData("redis://redis:0")]
    [InlineData("redis://redis:99999")]
    [InlineData("redis://a,b:6379")]
    [InlineData("redis://redis:6379/x")]
    [InlineData("redis://redis:6379/-1")]
    [InlineData("redis://redis:6379/1/2")]
    [InlineData("redis://prism:@redis:6379")]
    [InlineData("redis://redis:6379?ssl=true")]
    [InlineData("redis://redis:6379 ")]
    [InlineData("https://redis:6379")]
    public void Something_else_is_none(string text)
    {
        var (url, problem) = RedisUrl.TryParse(text);

        Assert.Null(url);
        Assert.NotNull(problem);
    }

    [Theory]
    [InlineData("p%40ssword-canary", "p@ssword-canary")]
    [InlineData("password-canary", "password-canary")]
    public void Its_password_is_in_no_log_line_in_whatever_form(string escaped, string plain)
    {
        using var lines = new LogLines();
        using (var app = SiloHost.Build(new() { ["LLM_REDIS_URL"] = $"redis://prism:{escaped}@redis:6379" }, log: lines.Writer))
        {
            app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Prism.Test")
                .LogInformation("{Plain} {Escaped} {Url}", plain, escaped, $"redis://prism:{escaped}@redis:6379");
        }

        Assert.DoesNotContain("canary", Assert.Single(lines.All).GetRawText(), StringComparison.Ordinal);
    }
}
