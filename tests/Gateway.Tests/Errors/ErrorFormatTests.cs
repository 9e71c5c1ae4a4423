using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Prism.Gateway.Auth;
using Prism.Gateway.Errors;
using Prism.Gateway.Sse;
using Prism.Pipeline;

namespace Prism.Tests.Errors;

public sealed class ErrorFormatTests
{
    [Theory]
    [InlineData(null, HttpStatusCode.InternalServerError, "internal_error")]
    [InlineData("wrong", HttpStatusCode.Unauthorized, "invalid_api_key")]
    public async Task An_endpoint_reports_its_errors_and_those_on_the_way_to_it_in_its_own_format(string? key, HttpStatusCode status, string code)
    {
        await using var host = await GatewayHost.StartAsync(
            services => services.Configure<AuthOptions>(auth => auth.ApiKeys = key is null ? [] : ["right"]),
            app => app.MapGet("/other", void () => throw new InvalidOperationException("bug")).For(Access.Key).ErrorsAs(new PlainFormat()));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/other");
        request.Headers.Add("x-api-key", key ?? "any");

        using var response = await host.Client.SendAsync(request);

        Assert.Equal((status, code), (response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("GET", "/other/nowhere", HttpStatusCode.NotFound, "not_found")]
    [InlineData("POST", "/other/there", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("GET", "/otherwise", HttpStatusCode.NotFound, "{\"error\":")]
    [InlineData("DELETE", "/v1/chat", HttpStatusCode.MethodNotAllowed, "{\"error\":")]
    public async Task A_request_that_no_endpoint_matches_gets_the_error_format_of_its_path(string method, string path, HttpStatusCode status, string begin)
    {
        await using var host = await GatewayHost.StartAsync(
            map: app =>
            {
                app.MapErrors("/other/{**path}", new PlainFormat());
                app.MapGet("/other/there", () => "").For(Access.Open);
            });

        using var response = await host.Client.SendAsync(new HttpRequestMessage(new(method), path));

        Assert.Equal(status, response.StatusCode);
        Assert.StartsWith(begin, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private sealed class PlainFormat : IErrorFormat
    {
        public Task WriteAsync(HttpResponse response, ApiError error) => response.WriteAsync(error.Code!);

        public ValueTask WriteEventAsync(SseStream output, ApiError error) => throw new NotSupportedException();
    }
}
