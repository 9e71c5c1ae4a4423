using System.Globalization;

namespace Prism.Bench.Processes;

/// <summary>nginx as a proxy of one upstream, with persistent connections: a second baseline, if it is installed.</summary>
internal static class Nginx
{
    public static bool IsInstalled { get; } = Programs.Has("nginx");

    public static ServerProcess Start(int port, int upstream, string directory)
    {
        var configuration = Path.Combine(directory, "nginx.conf");
        File.WriteAllText(configuration, string.Create(CultureInfo.InvariantCulture, $$"""
            daemon off;
            # One process, so its processor time is that of nginx.
            master_process off;
            pid {{directory}}/nginx.pid;
            error_log stderr;
            events { worker_connections 8192; }
            http {
              access_log off;
              client_max_body_size 8m;
              client_body_temp_path {{directory}}/nginx-body;
              proxy_temp_path {{directory}}/nginx-proxy;
              fastcgi_temp_path {{directory}}/nginx-fastcgi;
              uwsgi_temp_path {{directory}}/nginx-uwsgi;
              scgi_temp_path {{directory}}/nginx-scgi;
              upstream bench { server 127.0.0.1:{{upstream}}; keepalive 4096; }
              server {
                listen 127.0.0.1:{{port}};
                keepalive_requests 1000000000;
                location / {
                  proxy_pass http://bench;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_buffering off;
                }
              }
            }
            """));
        return ServerProcess.Start("nginx", port, directory, ["nginx", "-c", configuration, "-p", directory]);
    }
}
